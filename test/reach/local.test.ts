import assert from "node:assert/strict";
import { LocalReach } from "../../provider/reach/local";
import { spawnLockHolder } from "../support/lock-holder-process";
import { reachConformance } from "../support/reach-conformance";
import { runOptions } from "../support/reach-subject";

reachConformance("this machine", () => new LocalReach(), { lockHolder: (name) => spawnLockHolder(name) });

describe("this machine", () => {
  it("has the name that it is given, for messages", async () => {
    assert.equal(new LocalReach().machine, "this machine");
    const run = new LocalReach("node7").runProgram(["no-such-program"], runOptions());
    await assert.rejects(run, /^ReachError: node7: try something: there is no program no-such-program/);
  });

  it("says why a program cannot be started", async () => {
    const run = new LocalReach().runProgram(["/etc/passwd"], runOptions());
    await assert.rejects(run, /this machine: try something: \/etc\/passwd could not be started: .*EACCES/);
  });
});
