import { deepEqual, equal, match } from "node:assert/strict";
import { smallDomain } from "./support/settings";
import { Stack } from "./support/stack";
import { definitionOf, edit, identityOf } from "./support/virsh";

describe("a domain that was edited behind the stack's back", () => {
  const stack = new Stack();
  const name = stack.name("vm");
  let made: ReturnType<typeof identityOf>;

  before(async () => {
    await stack.init();
    stack.domains({ vm: smallDomain(name) });
    await stack.mustUp();
    made = identityOf(definitionOf(name));
  });
  after(() => stack.discard());

  it("is settled after its first up, also when it is read again", async () => {
    stack.shim.calls();
    await stack.mustBeSettled();
    await stack.mustBeSettled("--refresh");
    deepEqual(stack.shim.writes(), []);
  });

  it("shows in a plain preview, field by field", async () => {
    edit(
      name,
      [/<vcpupin vcpu='1' cpuset='1'\/>/, "<vcpupin vcpu='1' cpuset='0'/>"],
      [/<sibling id='1' value='21'\/>/, "<sibling id='1' value='31'/>"],
      // The downstream port of 0000:19:00.0 goes to another slot of its switch.
      [/(<target chassis='36'[\s\S]*?slot=)'0x01'/, "$1'0x05'"],
      [
        /<\/devices>/,
        "<rng model='virtio'><backend model='random'>/dev/urandom</backend><alias name='ua-0000-99-00-0'/>" +
          "<address type='pci' domain='0' bus='0' slot='0x1d' function='0'/></rng>" +
          "<watchdog model='i6300esb' action='pause'/></devices>",
      ],
      [/<metadata>/, "<description>kept by hand</description><metadata>"],
    );
    stack.shim.calls();
    const steps = await stack.steps();
    deepEqual(stack.shim.writes(), []);
    const update = steps.find(({ op }) => op === "update");
    const seen = Object.entries(update?.detailedDiff ?? {}).map(([path, { kind }]) => `${kind} ${path}`);
    deepEqual(seen.sort(), [
      'delete devices["0000:99:00.0"]',
      'update cells["0"].distances["1"]',
      'update devices["0000:19:00.0"].port',
      'update vcpuPins["1"]',
    ]);
  });

  it("is mended by up, which keeps its identity and what the document does not model", async () => {
    await stack.mustUp();
    const xml = definitionOf(name);
    deepEqual(identityOf(xml), made);
    equal(made.macs.length, 1);
    match(xml, /<description>kept by hand<\/description>/);
    match(xml, /<watchdog model='i6300esb' action='pause'>/);
    match(xml, /<vcpupin vcpu='1' cpuset='1'\/>/);
    await stack.mustBeSettled();
  });
});
