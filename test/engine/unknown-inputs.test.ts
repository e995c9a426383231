import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "./support/environment";
import { smallDomain } from "./support/settings";
import { Stack, UNKNOWN } from "./support/stack";
import { definitionOf, domains } from "./support/virsh";

describe("inputs that are not known at preview", () => {
  const stack = new Stack();
  after(() => stack.discard());

  before(async () => {
    await stack.init();
    const [first, second, vm] = ["first", "second", "vm"].map((suffix) => stack.name(suffix));
    stack.program(`
      const first = new gpudirect.Domain("first", ${JSON.stringify(smallDomain(first as string))});
      const second = ${JSON.stringify(smallDomain(second as string))};
      new gpudirect.Domain("second", { ...second, consoleLog: pulumi.interpolate\`/var/log/libvirt/qemu/\${first.uuid}.log\` });
      const file = ${JSON.stringify(join(ROOT, "test", "topologies", "azure-ndv5-topo.host.json"))};
      // Read after the first domain is there, as after a boot of the host.
      const live = gpudirect.getHostTopologyOutput({}, { dependsOn: [first] });
      const topology = live.topology.apply(() => JSON.parse(require("node:fs").readFileSync(file, "utf8")));
      const args = { name: ${JSON.stringify(vm)}, rehearse: true, firmware: "bios", running: false, verifyGuest: false };
      exports.guestAddresses = new gpudirect.GpuVm("vm", { ...args, topology }).guestAddresses;
      exports.known = first.guestAddresses;
    `);
  });

  it("preview: unknown where they are used, known where they are not; nothing is written", async () => {
    const steps = await stack.steps();
    deepEqual(stack.shim.writes(), []);
    const inputsOf = (name: string) =>
      steps.find(({ op, urn }) => op === "create" && urn.endsWith(`Domain::${name}`))?.newState?.inputs;
    equal(inputsOf("second")?.consoleLog, UNKNOWN);
    equal(inputsOf("second")?.firmware, "bios");
    equal(inputsOf("vm")?.devices, UNKNOWN);
    const { text } = await stack.preview("--diff");
    // Guest addresses follow from the inputs: they are known before anything is there.
    match(text, /known +: \{\s+0000:18:00\.0: "0000:23:00\.0"/);
    match(text, /guestAddresses: \[unknown\]/);
  });

  it("are known at up, which does what the preview could not show", async () => {
    await stack.mustUp();
    deepEqual(
      domains()
        .filter((name) => name.startsWith(stack.mark))
        .sort(),
      ["first", "second", "vm"].map(stack.name),
    );
    match(definitionOf(stack.name("second")), /<source path='\/var\/log\/libvirt\/qemu\/[0-9a-f-]{36}\.log'\/>/);
    equal(Object.keys((await stack.outputs<{ guestAddresses: object }>()).guestAddresses).length, 16);
    await stack.mustBeSettled();
  });
});
