import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { LabHost } from "../../lab/client/lab-host";
import { mustEnd, output, type Stack } from "../engine/support/stack";
import { redfishGet, setPendingBios } from "./support/bmc";
import { hostFacts } from "./support/host-facts";
import { bootedHost } from "./support/hosts";
import { hostsOf, labStack, on, plannedChanges } from "./support/lab-stack";

const [GPU, NIC] = ["0000:18:00.0", "0000:19:00.0"] as const;
const BIOS = "/redfish/v1/Systems/Self/Bios";
const SEED = {
  ADVANCED_PCI_SETTINGS: 1,
  MAX_ACC_OUT_READ: 44,
  PCI_WR_ORDERING: 0,
  P2P_ORDERING_MODE: 1,
  ATS_ENABLED: 1,
  RDMA_SELECTIVE_REPEAT_EN: 1,
};

/** Layers 1 and 2 as a user tunes them: over three power cycles, and back by a destroy and a fourth. */
describe("BIOS and NIC firmware of a host as resources", function () {
  this.timeout(1_800_000);
  let host: LabHost;
  let stack: Stack;
  const was = { attributes: {} as Record<string, unknown>, firmware: "" };

  before(async () => {
    host = await bootedHost();
    stack = await labStack(host);
    was.attributes = await attributes();
    was.firmware = await firmware();
  });
  after(() => stack?.discard());

  const attributes = async (path = BIOS): Promise<Record<string, unknown>> =>
    JSON.parse((await redfishGet(host, path)).text).Attributes;
  const pending = () => attributes(`${BIOS}/SD`);
  /** All that the card knows: default, current and next boot of every parameter. */
  const firmware = () => host.run(`mstconfig -e -d ${NIC} q`);
  const rows = async () =>
    Object.fromEntries(
      (await firmware())
        .split("\n")
        .map((line) =>
          line
            .replace(/^[* RO]+/, "")
            .trim()
            .split(/\s+/),
        )
        .filter(([name, ...values]) => name && name in SEED && values.length === 3)
        .map(([name, , current, next]) => [name, { current, next }]),
    );
  const powerCycle = () => host.nextBoot(() => host.reset("PowerCycle"));
  const known = async (name: string, field: string) => (await stack.resource(name))?.outputs?.[field];
  const program = () =>
    stack.resources(
      {
        baseline: on("HostBaseline", {}),
        bios: on(
          "Bios",
          {
            intents: { virtualization: true, iommu: true, acs: true, sriov: false, maxReadRequest: 4096 },
            attributes: { SETUP003: 5 },
          },
          { dependsOn: ["baseline"] },
        ),
        nic: on("NicFirmware", { device: NIC, profile: "vmPassthrough" }, { dependsOn: ["baseline"] }),
      },
      { bios: output("bios", "bootNeed"), nic: output("nic", "bootNeed") },
    );

  it("a preview writes nothing, and tells which boots are needed, and why", async () => {
    program();
    const { text } = mustEnd(await stack.preview("--diff"));
    const needs = text.slice(text.indexOf("--outputs:--"));
    match(needs, /bios\s*: \{\s*kind\s*: "reboot"\s*passes\s*: 1\s*reasons: [\s\S]*PCIS012/);
    match(needs, /nic\s*: \{\s*kind\s*: "reboot"\s*passes\s*: 2\s*reasons: [\s\S]*ATS_ENABLED[\s\S]*MAX_ACC_OUT_READ/);
    match(text, /warning: .*MAX_ACC_OUT_READ/);
    deepEqual(await attributes(), was.attributes);
    deepEqual(await pending(), {});
    equal(await firmware(), was.firmware);
  });

  it("up writes what waits for the boot, names what is locked, and is settled", async () => {
    const { text } = await stack.mustUp();
    match(text, /MAX_ACC_OUT_READ/);
    deepEqual(await pending(), {
      PCIS007: "PCIS007Disabled",
      PCIS012: "PCIS0124096Bytes",
      SETUP003: 5,
    });
    deepEqual(await attributes(), was.attributes);
    const { ATS_ENABLED, ADVANCED_PCI_SETTINGS, MAX_ACC_OUT_READ } = await rows();
    deepEqual(ATS_ENABLED, { current: "False(0)", next: "True(1)" });
    deepEqual(ADVANCED_PCI_SETTINGS, { current: "False(0)", next: "True(1)" });
    equal(MAX_ACC_OUT_READ, undefined);
    deepEqual(Object.keys((await known("nic", "locked")) as object), ["MAX_ACC_OUT_READ"]);
    await stack.mustBeSettled();
  });

  it("after a power cycle the BIOS is clean, and the card's second pass is planned, by its field alone", async () => {
    await powerCycle();
    mustEnd(await stack.refresh());
    const { lspci } = await hostFacts(host, [GPU, NIC]);
    match(lspci(GPU), /MaxReadReq 4096 bytes/);
    ok(!/Single Root I\/O/.test(lspci(NIC)));
    match(lspci(NIC), /Address Translation Service/);
    equal(((await known("bios", "bootNeed")) as { kind: string }).kind, "none");
    deepEqual(await plannedChanges(stack), { nic: ["update parameters.MAX_ACC_OUT_READ"] });
    await stack.mustUp();
    deepEqual((await rows()).MAX_ACC_OUT_READ, { current: "0", next: "44" });
    equal(((await known("nic", "bootNeed")) as { kind: string }).kind, "reboot");
  });

  it("after the next one a refresh is clean, and all that was wanted is in force", async () => {
    await powerCycle();
    mustEnd(await stack.refresh("--expect-no-changes"));
    await stack.mustBeSettled("--refresh");
    deepEqual((await known("nic", "running")) as object, SEED);
    equal(((await known("nic", "bootNeed")) as { kind: string }).kind, "none");
    deepEqual((await rows()).MAX_ACC_OUT_READ, { current: "44", next: "44" });
  });

  it("what the BMC's own interface or mstconfig change shows as exactly that field, and is mended", async () => {
    await setPendingBios(host, { PCIS007: "PCIS007Enabled" });
    await host.run(`mstconfig -y -d ${NIC} set ATS_ENABLED=0`);
    deepEqual(await plannedChanges(stack), { bios: ["update intents.sriov"], nic: ["update parameters.ATS_ENABLED"] });
    await stack.mustUp();
    await stack.mustBeSettled();
    deepEqual((await rows()).ATS_ENABLED, { current: "True(1)", next: "True(1)" });
  });

  it("an import by id needs nothing else, and a delete of what was imported leaves it as it is", async () => {
    const other = stack.sibling("imported");
    try {
      await other.init();
      await other.configure({ "gpudirect:hosts": await hostsOf(host) });
      other.program("");
      for (const [type, id] of [
        ["Bios", "hgx/bios/system"],
        ["NicFirmware", `hgx/nic/${NIC}`],
      ] as const) {
        mustEnd(await other.import(`gpudirect:index:${type}`, type.toLowerCase(), id));
        const { inputs } = (await other.resource(type.toLowerCase())) ?? {};
        ok(inputs);
        other.resources({ [type.toLowerCase()]: { type: `gpudirect:index:${type}`, args: inputs } });
        await other.mustBeSettled("--target", `**${type.toLowerCase()}`);
      }
      const [bios, card] = [await pending(), await firmware()];
      mustEnd(await other.destroy());
      deepEqual([await pending(), await firmware()], [bios, card]);
    } finally {
      await other.discard();
    }
  });

  it("destroy and a power cycle bring back every value that was in force before", async () => {
    const { text } = mustEnd(await stack.destroy());
    match(text, /still waits for a boot: BIOS setting PCIS012: PCIS0124096Bytes → PCIS012Auto/);
    match(text, /still waits for a boot: .*ATS_ENABLED/);
    await powerCycle();
    deepEqual(await attributes(), was.attributes);
    equal(await firmware(), was.firmware);
    const { lspci } = await hostFacts(host, [GPU, NIC]);
    match(lspci(GPU), /MaxReadReq 512 bytes/);
    match(lspci(NIC), /Single Root I\/O/);
    equal(await host.run("ls -A /var/lib/gpudirect /var/lib/gpudirect/records/* 2>/dev/null | grep json || true"), "");
  });
});
