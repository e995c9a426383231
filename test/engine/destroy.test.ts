import { deepEqual, equal, match } from "node:assert/strict";
import { existsSync } from "node:fs";
import { smallDomain } from "./support/settings";
import { mustEnd, Stack } from "./support/stack";
import { definitionOf, domains, stateOf, virsh } from "./support/virsh";

describe("destroy", () => {
  const stack = new Stack();
  const running = stack.name("running");
  const gone = stack.name("gone");
  after(() => stack.discard());

  it("leaves nothing of a running UEFI guest, and takes a domain that is gone for destroyed", async () => {
    await stack.init();
    stack.domains({
      // It has no disk and hears no power button: it is powered off when its time is up.
      running: { ...smallDomain(running), firmware: "uefi", running: true, stopTimeoutSeconds: 1, vcpuPins: undefined },
      gone: smallDomain(gone),
    });
    await stack.mustUp();
    equal(stateOf(running), "running");
    const nvram = /<nvram[^>]*>([^<]+)</.exec(virsh("dumpxml", running))?.[1] ?? "";
    match(nvram, /^\//);
    equal(existsSync(nvram), true);
    match(definitionOf(gone), /<name>/);
    virsh("undefine", gone);

    const { text } = mustEnd(await stack.destroy());
    match(text, /did not shut down within 1 s and is powered off/);
    deepEqual(
      domains().filter((name) => name.startsWith(stack.mark)),
      [],
    );
    equal(existsSync(nvram), false);
  });
});
