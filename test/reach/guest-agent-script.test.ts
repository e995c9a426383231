import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportOf } from "../../provider/reach/guest-agent/answer";
import { MAX_STDOUT, payloadOf, programScriptOf, START, scriptOf } from "../../provider/reach/guest-agent/guest-script";

/** The script that runs commands in guests, with the shells that guests have. A guest's agent is stood in for. */
for (const shell of ["dash", "bash"]) {
  describe(`the guest agent's script, by ${shell}`, () => {
    let home = "";
    let directory = "";

    const run = (script: string, { input = "", timeoutMs = 20_000 } = {}) => {
      const { payload, args } = payloadOf(script, input, timeoutMs);
      const { stdout, stderr } = spawnSync(shell, ["-c", START, "sh", directory, ...args], { input: payload });
      const answer = { return: { "out-data": stdout.toString("base64"), "err-data": stderr.toString("base64") } };
      const report = reportOf(JSON.stringify(answer));
      if (typeof report === "string") throw new Error(report);
      return report;
    };

    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), "gpudirect-guest-script-"));
      directory = join(home, "run");
    });

    afterEach(() => rmSync(home, { recursive: true, force: true }));

    it("reports exit code, output and errors, and leaves nothing", () => {
      const report = run(scriptOf("cat; echo wrong >&2; exit 255"), { input: "a\0b" });
      assert.deepEqual([report.exitCode, report.why, report.startCode], [255, "ended", undefined]);
      assert.deepEqual([report.stdout.toString(), report.stderr], ["a\0b", "wrong\n"]);
      assert.equal(existsSync(directory), false);
    });

    it("says 128 + signal number, and adds nothing to the errors", () => {
      const { exitCode, stderr } = run(scriptOf("kill -KILL $$"));
      assert.deepEqual([exitCode, stderr], [137, ""]);
    });

    it("tells a program that cannot be started from one that ends with the same code", () => {
      assert.equal(run(programScriptOf(["no-such-program"])).startCode, 127);
      assert.equal(run(programScriptOf(["/etc/passwd"])).startCode, 126);
      const { exitCode, startCode } = run(programScriptOf(["sh", "-c", "exit 127"]));
      assert.deepEqual([exitCode, startCode], [127, undefined]);
    });

    it("keeps a long output that is within the limit, and no longer one", () => {
      assert.equal(run(scriptOf(`head -c ${MAX_STDOUT} /dev/zero`)).length, MAX_STDOUT);
      assert.ok(existsSync(join(directory, "out")));
      rmSync(directory, { recursive: true });
      assert.ok(run(scriptOf(`head -c ${MAX_STDOUT + 1} /dev/zero`)).length > MAX_STDOUT);
      assert.equal(existsSync(directory), false);
    });

    it("ends what goes on when the limit of output is passed", () => {
      const { why } = run(scriptOf("trap '' PIPE; yes; sleep 100"), { timeoutMs: 60_000 });
      assert.equal(why, "output");
    });

    it("keeps the last 64 KiB of errors, in however small pieces they come", () => {
      const script = "i=0; while [ $i -lt 20000 ]; do echo $i >&2; i=$((i + 1)); done";
      const all = Array.from({ length: 20_000 }, (_, line) => `${line}\n`).join("");
      assert.equal(run(scriptOf(script)).stderr, all.slice(-65536));
    });

    it("ends what takes too long, with all that it started, also what ignores SIGTERM", () => {
      const report = run(scriptOf("trap '' TERM; echo $$; sleep 100 & wait; sleep 100"), { timeoutMs: 300 });
      assert.equal(report.why, "timeout");
      assert.equal(existsSync(directory), false);
    });

    it("does not wait for a daemon that is left behind", () => {
      const started = performance.now();
      const { exitCode, length } = run(scriptOf("sleep 20 & echo started; exit 4"));
      assert.deepEqual([exitCode, length], [4, 8]);
      assert.ok(performance.now() - started < 10_000);
    });
  });
}
