import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { guestBoot } from "./support/environment";
import { guestDomain, smallDomain } from "./support/settings";
import { Stack } from "./support/stack";
import { definitionOf, domains, identityOf, stateOf } from "./support/virsh";

/** What a user does after a crash: the backend's lock has lost its owner. */
const unlock = (stack: Stack) => stack.start("cancel", "--yes").ended;

for (const [when, left] of [
  ["before", "nothing"],
  ["after", "a domain"],
] as const) {
  describe(`an up that was killed ${when} the domain was defined, with ${left} left`, () => {
    const stack = new Stack();
    const name = stack.name("vm");
    before(() => stack.init());
    after(() => stack.discard());

    it("converges at the next up", async () => {
      stack.domains({ vm: smallDomain(name) });
      stack.shim.stopAt(when, "define");
      const up = stack.start("up", "--yes", "--skip-preview");
      await stack.shim.stopped();
      await up.kill();
      const own = () => domains().filter((domain) => domain.startsWith(stack.mark));
      deepEqual(own(), when === "before" ? [] : [name]);
      const uuid = when === "before" ? undefined : identityOf(definitionOf(name)).uuid;

      await unlock(stack);
      await stack.mustUp();
      deepEqual(own(), [name]);
      if (uuid) equal(identityOf(definitionOf(name)).uuid, uuid);
      await stack.mustBeSettled();
    });
  });
}

describe("an up that ends while it waits for the guest's agent", () => {
  const stack = new Stack();
  const name = stack.name("vm");
  let uuid: string | undefined;
  before(async () => {
    await stack.init();
    stack.domains({ vm: guestDomain(name, guestBoot()) });
  });
  after(() => stack.discard());

  it("ends at once by Ctrl-C, and keeps what exists in state", async () => {
    stack.shim.stopAt("before", "qemu-agent-command");
    const up = stack.start("up", "--yes", "--skip-preview");
    await stack.shim.stopped();
    const pressed = Date.now();
    up.interrupt();
    const { code, text } = await up.ended;
    notEqual(code, 0);
    ok(Date.now() - pressed < 10_000, `took ${Date.now() - pressed} ms after Ctrl-C:\n${text}`);
    match(text, /cancel/);
    equal(stateOf(name), "running");
    uuid = identityOf(definitionOf(name)).uuid;
    const steps = await stack.steps();
    deepEqual(
      steps.map(({ op }) => op).filter((op) => op !== "same" && op !== "refresh"),
      ["update"],
    );
  });

  it("converges after SIGKILL: same domain, verified, with nothing left to do", async () => {
    stack.shim.release();
    stack.shim.stopAt("before", "qemu-agent-command");
    const up = stack.start("up", "--yes", "--skip-preview");
    await stack.shim.stopped();
    await up.kill();
    stack.shim.release();

    await unlock(stack);
    await stack.mustUp();
    equal(identityOf(definitionOf(name)).uuid, uuid);
    equal(stateOf(name), "running");
    await stack.mustBeSettled();
    const { deployment } = JSON.parse((await stack.start("stack", "export").ended).stdout);
    const vm = deployment.resources.find(({ type }: { type: string }) => type === "gpudirect:index:Domain");
    equal(vm.outputs.guestTopology.numaNodes.length, 2);
    equal(deployment.pending_operations, undefined);
  });
});
