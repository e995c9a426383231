import { deepEqual, equal, match } from "node:assert/strict";
import { sshMachine, type TestMachine } from "./support/machines";
import { findProcesses } from "./support/processes";
import { smallDomain } from "./support/settings";
import { mustEnd, Stack } from "./support/stack";
import { until } from "./support/until";
import { definitionOf, domains } from "./support/virsh";

describe("an up over ssh that was killed while its command runs on the machine", () => {
  const stack = new Stack();
  const name = stack.name("vm");
  const defines = () => machine.shim.calls().filter((call) => /\bdefine\b/.test(call)).length;
  let machine: TestMachine;

  before(async () => {
    machine = await sshMachine();
    await stack.init();
    await machine.attach(stack, "gpudirect");
  });
  after(async () => {
    await stack.discard();
    await machine.close();
  });

  for (const [what, cpu] of [
    ["a create", "1"],
    ["an update", "0"],
  ] as const) {
    it(`leaves ${what} that the next up waits for, and goes on from`, async () => {
      stack.domains({ vm: { ...smallDomain(name), host: machine.name, vcpuPins: { 0: "0", 1: cpu } } });
      machine.shim.calls();
      machine.shim.stopAt("before", "define");
      const killed = stack.start("up", "--yes", "--skip-preview");
      await machine.shim.stopped();
      await killed.kill();
      await stack.start("cancel", "--yes").ended;
      equal(defines(), 1);

      const next = stack.start("up", "--yes", "--skip-preview");
      // Its turn is asked for by a process on the machine with the stack's name among its arguments.
      await until("the next up asks for the machine", () => findProcesses(`stack ${stack.fullName}`).length > 0);
      equal(defines(), 0);
      await machine.shim.release();
      mustEnd(await next.ended);
      deepEqual(
        domains().filter((domain) => domain.startsWith(stack.mark)),
        [name],
      );
      match(definitionOf(name), new RegExp(`<vcpupin vcpu='1' cpuset='${cpu}'/>`));
      // A command that came after the next up would have written the killed one's claim over that of the state.
      const claim = (await stack.resource("vm"))?.outputs?.__claim;
      match(definitionOf(name), new RegExp(`claim=["']${claim}["']`));
      await stack.mustBeSettled();
    });
  }
});
