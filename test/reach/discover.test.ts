import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readHost } from "../../core/topology/read-host";
import { type Sshd, startSshd } from "../support/sshd";
import { gpudirect } from "../unit/cli/cli";

describe("gpudirect discover ssh://…", function () {
  this.timeout(60_000);
  let sshd: Sshd;
  let target = "";
  let env: Record<string, string> = {};

  before(async () => {
    sshd = await startSshd();
    target = `ssh://${sshd.user}@127.0.0.1:${sshd.port}`;
    // The user's configuration is not ours to change: an ssh before all others names another one.
    const programs = join(sshd.dir, "programs");
    mkdirSync(programs);
    const path = process.env.PATH ?? "";
    const ssh = `#!/bin/sh\nPATH='${path}'\ncase $* in *-M*) set -- -F '${sshd.configFile}' "$@";; esac\nexec ssh "$@"\n`;
    writeFileSync(join(programs, "ssh"), ssh, { mode: 0o755 });
    env = { PATH: `${programs}:${path}` };
  });

  after(() => sshd.stop());

  it("prints the host file of a machine, by one login", async () => {
    const { code, stdout, stderr } = await gpudirect(["discover", target], env);
    assert.equal(code, 0, stderr);
    assert.ok(readHost(stdout, "the machine").numaNodes.length > 0);
    assert.match(stdout, new RegExp(`${sshd.user}@127\\.0\\.0\\.1, read from /sys`));
    assert.equal(sshd.logins(), 1);
  });

  it("says what to do where it is not let in", async () => {
    const { code, stdout, stderr } = await gpudirect(["discover", target.replace("//", "//x")], env);
    assert.deepEqual([code, stdout], [1, ""]);
    const user = `x${sshd.user}`;
    const reason = `it did not let in ${user}; "ssh -p ${sshd.port} ${user}@127.0.0.1 true" must work without a question`;
    assert.ok(stderr.startsWith(`error: ${user}@127.0.0.1: read the topology: ${reason}\nssh said: `), stderr);
  });
});
