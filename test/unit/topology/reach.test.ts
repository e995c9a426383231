import assert from "node:assert/strict";
import { LocalReach } from "../../../provider/reach/local";
import { ReachError } from "../../../provider/reach/reach";
import { reachConformance } from "../../support/reach-conformance";

reachConformance("this machine", () => new LocalReach());

describe("this machine", () => {
  const options = { signal: new AbortController().signal, timeoutMs: 5000, name: "list the domains" };

  it("says which program is missing and what to do", async () => {
    for (const input of [undefined, "<domain/>"]) {
      const run = new LocalReach().runProgram(["no-such-program"], { ...options, ...(input ? { input } : {}) });
      await assert.rejects(run, (error: ReachError) => {
        assert.equal(error.phase, "start");
        assert.equal(
          error.message,
          "this machine: list the domains: there is no program no-such-program; install it or put it on PATH",
        );
        return true;
      });
    }
  });

  it("leaves no process behind when a command times out", async () => {
    const marker = `${process.pid}9.125`;
    await assert.rejects(
      new LocalReach().run(`sleep ${marker} & sleep ${marker}`, { ...options, timeoutMs: 300 }),
      ReachError,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    const found = await new LocalReach().run(`grep -sl "[s]leep.${marker}" /proc/[0-9]*/cmdline || true`, options);
    assert.equal(found.stdout.toString(), "");
  });

  it("gives the exit code of a command that a signal ended", async () => {
    assert.equal((await new LocalReach().run("kill -KILL $$", options)).exitCode, 137);
  });
});
