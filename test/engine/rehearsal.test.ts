import { deepEqual, doesNotMatch, equal, match, notEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sabotagePath } from "../../tools/demo/sabotage/shim";
import { hostPathClassOf } from "../support/host-path-class";
import { guestBoot, ROOT } from "./support/environment";
import { mustEnd, Stack } from "./support/stack";
import { definitionOf, domains, stateOf } from "./support/virsh";

const machines = ["oci-topo-flattened", "azure-ndv5-topo"];
type Host = Parameters<typeof hostPathClassOf>[0];

const hostFile = (machine: string) => join(ROOT, "test", "topologies", `${machine}.host.json`);

describe("rehearsals of real machines, booted", () => {
  const stack = new Stack();
  after(() => stack.discard());

  before(async () => {
    await stack.init();
    const vms = machines.map((machine) => {
      const args = { name: stack.name(machine), rehearse: true, firmware: "bios", nics: "all", boot: guestBoot() };
      return `(() => {
        const topology = JSON.parse(require("node:fs").readFileSync(${JSON.stringify(hostFile(machine))}, "utf8"));
        const vm = new gpudirect.GpuVm(${JSON.stringify(machine)}, { ...${JSON.stringify(args)}, topology });
        exports[${JSON.stringify(machine)}] = { guestAddresses: vm.guestAddresses, guestTopology: vm.guestTopology, plan: vm.plan.guestAddresses };
      })();`;
    });
    stack.program(vms.join("\n"));
  });

  it("fail by the name of the device that virsh moved at the start", async () => {
    stack.firstOnPath = sabotagePath(ROOT);
    const { code, text } = await stack.up("--continue-on-error", "--suppress-outputs");
    stack.firstOnPath = undefined;
    notEqual(code, 0);
    for (const machine of machines) {
      // The saboteur moves the first stand-in of the definition: it is on pcie.0 now.
      const xml = definitionOf(stack.name(machine));
      const moved =
        /<alias name='ua-([0-9a-f-]+)'\/>\s*(<rom [^>]*>\s*)?<address type='pci' domain='0x0000' bus='0x00' slot='0x1c'/.exec(
          xml,
        );
      const [, domain, bus, slot, fn] = /^(\w+)-(\w+)-(\w+)-(\w)$/.exec(moved?.[1] ?? "") ?? [];
      const [line] = text.split("\n").filter((one) => one.includes(`${domain}:${bus}:${slot}.${fn}: `));
      match(line ?? text, /nothing is at guest address|guest address .* is below/, machine);
    }
  });

  it("are mended by the next up, which restarts them", async () => {
    await stack.mustUp();
    for (const machine of machines) equal(stateOf(stack.name(machine)), "running");
    await stack.mustBeSettled();
  });

  for (const machine of machines) {
    it(`show inside the guest what ${machine} has: the plan's addresses, each pair's path class`, async () => {
      const all =
        await stack.outputs<
          Record<string, { guestAddresses: Record<string, string>; plan: Record<string, string>; guestTopology: Host }>
        >();
      const { guestAddresses, plan, guestTopology } = all[machine] as (typeof all)[string];
      deepEqual(guestAddresses, plan);
      const onHost = hostPathClassOf(JSON.parse(readFileSync(hostFile(machine), "utf8")));
      const inGuest = hostPathClassOf(guestTopology);
      const devices = Object.entries(guestAddresses);
      equal(devices.length, 16);
      for (const [host, guest] of devices) {
        for (const [otherHost, otherGuest] of devices) {
          equal(inGuest(guest, otherGuest), onHost(host, otherHost), `${host} to ${otherHost}`);
        }
      }
    });
  }

  it("shut down at destroy, and leave nothing", async () => {
    const { text } = mustEnd(await stack.destroy());
    doesNotMatch(text, /powered off/);
    deepEqual(
      domains().filter((name) => name.startsWith(stack.mark)),
      [],
    );
  });
});
