import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../../../core/problems";
import { FACTORY_BIOS_EFFECTS } from "../../../../lab/hardware/bios-effects";
import type { Hardware } from "../../../../lab/hardware/hardware";
import { planMachine } from "../../../../lab/machine/plan-machine";
import { buildRegisters } from "../../../../lab/registers/build";
import { createLiveFaults, type LiveFault, writeLiveFaults } from "../../../../lab/registers/live-faults";
import { registerRules } from "../../../../lab/registers/register-rules";
import { hardware, labHost } from "./hosts";

const PLAN = planMachine(labHost("nested-switches"));
const GPU = "0000:1a:00.0";
const NIC = "0000:1b:00.0";
const PORT_OF_NIC = "0000:19:01.0";

/** The rule of a function, by key. */
function ruleOf(address: string, change: Partial<Hardware> = {}): Map<string, string> {
  const id = PLAN.functions.find(({ device }) => device.address === address)?.id;
  const line = registerRules(PLAN, hardware(change))
    .split("\n")
    .find((text) => text.startsWith(`${id} `));
  assert.ok(line, `${address} has a rule`);
  return new Map(
    line
      .split(" ")
      .slice(1)
      .map((pair) => pair.split("=") as [string, string]),
  );
}

describe("register rules", () => {
  it("have a line for each function that is there", () => {
    const lines = (change: Partial<Hardware>) => registerRules(PLAN, hardware(change)).trim().split("\n").length - 1;
    assert.equal(lines({}), PLAN.functions.length);
    assert.equal(lines({ vanished: new Set([GPU]) }), PLAN.functions.length - 1);
  });

  it("show a NIC as the host file has it", () => {
    const rule = ruleOf(NIC);
    assert.deepEqual(
      ["vendor", "device", "subsystem", "class", "link", "trained", "vfs"].map((key) => rule.get(key)),
      ["0x15b3", "0x1021", "0x15b3,0x0041", "0x020700", "5,16", "5,16", "16,0x101e"],
    );
    assert.ok(rule.has("ats"));
  });

  it("follow the BIOS and the adapter's firmware", () => {
    const bios = { ...FACTORY_BIOS_EFFECTS, sriov: false, acs: false, maxReadRequest: 4096 as const };
    assert.equal(ruleOf(NIC, { bios }).has("vfs"), false);
    assert.equal(ruleOf(NIC, { bios }).get("readrequest"), "5");
    assert.equal(ruleOf(PORT_OF_NIC).get("acs"), "0x5f");
    assert.equal(ruleOf(PORT_OF_NIC, { bios }).get("noacs"), "1");
    assert.equal(ruleOf("0000:39:00.0", { bios }).get("acs"), "0x0", "the BIOS leaves a card's own ACS");
    const adapters = new Map([[NIC, { ats: false, virtualFunctions: 4 }]]);
    assert.equal(ruleOf(NIC, { adapters }).has("ats"), false);
    assert.equal(ruleOf(NIC, { adapters }).get("vfs"), "4,0x101e");
    assert.equal(ruleOf(GPU, { adapters }).has("ats"), true);
    assert.equal(ruleOf(NIC, { adapters: new Map([[NIC, { ats: true, virtualFunctions: 0 }]]) }).has("vfs"), false);
  });

  it("train a link to the worse of its ends, or as told, at the device or at its port", () => {
    assert.equal(ruleOf("0000:03:00.0").get("link"), "4,4");
    assert.equal(ruleOf("0000:03:00.0").get("trained"), "3,4");
    const link = { generation: 1, width: 2 };
    for (const end of [NIC, PORT_OF_NIC]) {
      const trained = new Map([[end, link]]);
      assert.equal(ruleOf(NIC, { trained }).get("trained"), "1,2");
      assert.equal(ruleOf(PORT_OF_NIC, { trained }).get("trained"), "1,2");
      assert.equal(ruleOf(NIC, { trained }).get("link"), "5,16");
      assert.equal(ruleOf(GPU, { trained }).get("trained"), "5,16");
    }
    const card = new Map([["0000:39:00.0", link]]);
    assert.equal(ruleOf("0000:39:00.1", { trained: card }).get("trained"), "1,2", "a card has one link");
  });
});

describe("live faults", () => {
  const directory = mkdtempSync(join(tmpdir(), "gpudirect-faults-"));
  after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "faults");
  const records = () => {
    const bytes = readFileSync(path);
    assert.equal(bytes.length, 4 + 4 * PLAN.functions.length);
    return new Map(
      PLAN.functions.map(({ device }, index) => [device.address, [...bytes.subarray(4 + 4 * index, 8 + 4 * index)]]),
    );
  };

  it("take along what is behind a bridge, hold at both ends of a link, and end when they are left out", () => {
    createLiveFaults(path, PLAN);
    assert.ok([...records().values()].every((record) => record.every((byte) => byte === 0)));
    const link = { generation: 1, width: 4 };
    writeLiveFaults(
      path,
      PLAN,
      new Map<string, LiveFault>([
        ["0000:19:02.0", { kind: "off-the-bus" }],
        [NIC, { kind: "trained", link }],
      ]),
    );
    const off = [...records()].filter(([, [flag]]) => flag === 1).map(([address]) => address);
    assert.deepEqual(off, [
      "0000:19:02.0",
      "0000:1c:00.0",
      "0000:1d:00.0",
      "0000:1e:00.0",
      "0000:1d:08.0",
      "0000:1f:00.0",
      "0000:1f:00.1",
    ]);
    assert.deepEqual(records().get(NIC), [0, 1, 4, 0]);
    assert.deepEqual(records().get(PORT_OF_NIC), [0, 1, 4, 0]);
    writeLiveFaults(path, PLAN, new Map());
    assert.ok([...records().values()].every((record) => record.every((byte) => byte === 0)));
  });

  it("are refused for what is no function of the host", () => {
    const unknown = new Map<string, LiveFault>([["0000:ff:00.0", { kind: "off-the-bus" }]]);
    assert.throws(
      () => writeLiveFaults(path, PLAN, unknown),
      (error: unknown) => error instanceof Refusal && /no function 0000:ff:00\.0/.test(error.message),
    );
  });
});

describe("building the registers library", () => {
  const directory = mkdtempSync(join(tmpdir(), "gpudirect-build-"));
  after(() => rmSync(directory, { recursive: true }));
  it("says what to install where there is no compiler", async () => {
    const build = buildRegisters(directory, { qemu: "true", compiler: "no-such-compiler" });
    await assert.rejects(
      build,
      /a C compiler to build its PCI registers, and no-such-compiler is not there; install it/,
    );
  });

  it("says so where there is no QEMU", async () => {
    await assert.rejects(buildRegisters(directory, { qemu: "no-such-qemu" }), /QEMU.*Debian: qemu-system-x86/);
  });

  it("tells what the compiler said", async () => {
    const build = buildRegisters(directory, { qemu: "true", compiler: "false" });
    await assert.rejects(build, /false failed with 1 for the lab's PCI registers/);
  });
});
