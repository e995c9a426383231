import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { guestBoot } from "./support/environment";
import { guestDomain, smallDomain } from "./support/settings";
import { mustEnd, Stack } from "./support/stack";
import { definitionOf, domains, identityOf, stateOf } from "./support/virsh";

/** What a user does after a crash: the backend's lock has lost its owner. */
const unlock = (stack: Stack) => stack.start("cancel", "--yes").ended;

describe("an up that was killed", () => {
  for (const when of ["before", "after"] as const) {
    describe(`${when} the domain was defined`, () => {
      const stack = new Stack();
      const name = stack.name("vm");
      const own = () => domains().filter((domain) => domain.startsWith(stack.mark));
      before(() => stack.init());
      after(() => stack.discard());

      it("converges at the next up, with one domain", async () => {
        stack.domains({ vm: smallDomain(name) });
        stack.shim.stopAt(when, "define");
        const up = stack.start("up", "--yes", "--skip-preview");
        await stack.shim.stopped();
        await up.kill();
        await stack.shim.kill();
        deepEqual(own(), when === "before" ? [] : [name]);
        const uuid = when === "before" ? undefined : identityOf(definitionOf(name)).uuid;

        const { text } = await stack.up();
        match(text, /currently locked by 1 lock.*pulumi cancel/);
        await unlock(stack);
        await stack.mustUp();
        deepEqual(own(), [name]);
        if (uuid) equal(identityOf(definitionOf(name)).uuid, uuid);
        await stack.mustBeSettled();
      });

      it("and in an update converges too, with the same domain", async () => {
        const old = definitionOf(name);
        stack.domains({ vm: { ...smallDomain(name), vcpuPins: { 0: "0", 1: "0" } } });
        stack.shim.stopAt(when, "define");
        const up = stack.start("up", "--yes", "--skip-preview");
        await stack.shim.stopped();
        await up.kill();
        await stack.shim.kill();
        const changed = /<vcpupin vcpu='1' cpuset='0'\/>/;
        if (when === "before") equal(definitionOf(name), old);
        else match(definitionOf(name), changed);

        await unlock(stack);
        await stack.mustUp();
        match(definitionOf(name), changed);
        deepEqual(identityOf(definitionOf(name)), identityOf(old));
        await stack.mustBeSettled();
      });
    });
  }
});

describe("an up that ends while it waits for the guest's agent", () => {
  const stack = new Stack();
  const name = stack.name("vm");
  let uuid: string | undefined;
  before(async () => {
    await stack.init();
    stack.domains({ vm: guestDomain(name, guestBoot()) });
  });
  after(() => stack.discard());

  /** Starts an up and returns it when it is about to ask the agent. */
  async function upToAgent() {
    stack.shim.stopAt("before", "qemu-agent-command");
    const up = stack.start("up", "--yes", "--skip-preview");
    await stack.shim.stopped();
    return up;
  }

  it("by SIGKILL leaves a running guest, which the next up takes over", async () => {
    const killed = await upToAgent();
    await killed.kill();
    await stack.shim.kill();
    equal(stateOf(name), "running");
    uuid = identityOf(definitionOf(name)).uuid;
    await unlock(stack);
  });

  it("by Ctrl-C ends at once, and keeps in state what exists and that it is not done", async () => {
    const up = await upToAgent();
    const pressed = Date.now();
    up.interrupt();
    const { code, text } = await up.ended;
    notEqual(code, 0);
    ok(Date.now() - pressed < 5000, `took ${Date.now() - pressed} ms after Ctrl-C:\n${text}`);
    match(text, /cancelled .*wait for the guest agent/);
    equal(stateOf(name), "running");
    const ops = (await stack.steps()).map(({ op }) => op);
    deepEqual(
      ops.filter((op) => op !== "same" && op !== "refresh"),
      ["update"],
    );
  });

  it("is followed by one that converges: the same domain, verified inside, with nothing left to do", async () => {
    await stack.shim.release();
    await stack.mustUp();
    equal(identityOf(definitionOf(name)).uuid, uuid);
    equal(stateOf(name), "running");
    await stack.mustBeSettled();
    // The engine goes on warning of a create that it did not see end, until the user tells it not to.
    mustEnd(await stack.refresh("--clear-pending-creates"));
    const { deployment } = JSON.parse((await stack.start("stack", "export").ended).stdout);
    const vm = deployment.resources.find(({ type }: { type: string }) => type === "gpudirect:index:Domain");
    equal(vm.outputs.guestTopology.numaNodes.length, 2);
    equal(deployment.pending_operations, undefined);
  });

  it("and one killed between redefining the guest and restarting it is followed by one that restarts it", async () => {
    const before = await stack.resource("vm");
    const larger = { ...guestDomain(name, guestBoot()), consoleLog: `${stack.folder}/console.log` };
    stack.domains({ vm: larger });
    stack.shim.stopAt("after", "define");
    const up = stack.start("up", "--yes", "--skip-preview");
    await stack.shim.stopped();
    await up.kill();
    await stack.shim.kill();
    equal(stateOf(name), "running");
    await unlock(stack);
    const update = (await stack.steps()).find(({ op }) => op === "update");
    ok(update?.detailedDiff?.pendingRestart, JSON.stringify(update));
    await stack.mustUp();
    await stack.mustBeSettled();
    const after = await stack.resource("vm");
    deepEqual(after?.outputs?.pendingRestart, []);
    notEqual(after?.outputs?.startId, before?.outputs?.startId);
  });
});
