import assert from "node:assert/strict";
import { type Reach, ReachError, type RunOptions } from "../../provider/reach/reach";

const options = (more: Partial<RunOptions> = {}): RunOptions => ({
  signal: new AbortController().signal,
  timeoutMs: 20_000,
  name: "try something",
  ...more,
});

/** What every implementation of Reach does. */
export function reachConformance(name: string, reach: () => Reach): void {
  describe(`reach: ${name}`, function () {
    this.timeout(60_000);

    it("runs a script and returns its output, errors and exit code", async () => {
      const result = await reach().run('echo "a b"; echo wrong >&2; exit 3', options());
      assert.deepEqual([result.exitCode, result.stdout.toString(), result.stderr], [3, "a b\n", "wrong\n"]);
    });

    it("gives a script its input, byte for byte", async () => {
      const input = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 256));
      const result = await reach().run("cat", options({ input }));
      assert.ok(result.stdout.equals(input));
    });

    it("runs a program without a shell between, with input", async () => {
      const words = ["$HOME", "a b", "*", "'", '"', ";ls", "ü"];
      const result = await reach().runProgram(["printf", "%s\\n", ...words], options());
      assert.equal(result.stdout.toString(), `${words.join("\n")}\n`);
      const through = await reach().runProgram(["cat", "/dev/stdin"], options({ input: "<domain/>" }));
      assert.equal(through.stdout.toString(), "<domain/>");
    });

    it("is not upset by a program that ends without reading its input", async () => {
      const result = await reach().runProgram(["true"], options({ input: Buffer.alloc(5_000_000) }));
      assert.equal(result.exitCode, 0);
    });

    it("ends a command that takes too long, and what it started, naming machine and task", async () => {
      const script = "sleep 300 & echo $!; wait";
      const start = Date.now();
      await assert.rejects(reach().run(script, options({ timeoutMs: 300 })), (error: ReachError) => {
        assert.ok(error instanceof ReachError);
        assert.equal(error.phase, "timeout");
        assert.ok(error.message.includes(reach().machine) && error.message.includes("try something"), error.message);
        return true;
      });
      assert.ok(Date.now() - start < 10_000);
    });

    it("ends a command that ignores SIGTERM", async () => {
      const start = Date.now();
      await assert.rejects(
        reach().run("trap '' TERM; while :; do sleep 1; done", options({ timeoutMs: 300 })),
        ReachError,
      );
      assert.ok(Date.now() - start < 15_000);
    });

    it("ends a command at once when cancelled, and starts none afterwards", async () => {
      const cancel = new AbortController();
      const start = Date.now();
      setTimeout(() => cancel.abort(), 200);
      const cancelled = (error: ReachError) => error instanceof ReachError && error.phase === "cancelled";
      await assert.rejects(reach().run("sleep 300", options({ signal: cancel.signal })), cancelled);
      assert.ok(Date.now() - start < 5000);
      await assert.rejects(reach().run("exit 0", options({ signal: cancel.signal })), cancelled);
    });

    it("does not wait for a daemon that a command leaves behind", async () => {
      const start = Date.now();
      const result = await reach().run("sleep 30 & echo started", options());
      assert.equal(result.stdout.toString(), "started\n");
      assert.ok(Date.now() - start < 10_000);
    });

    it("bounds its output, and keeps the end of long errors", async () => {
      await assert.rejects(reach().run("yes x", options()), (error: ReachError) => error.phase === "output");
      const result = await reach().run("yes x | head -c 1000000 >&2; echo last >&2", options());
      assert.ok(result.stderr.length <= 65536 && result.stderr.endsWith("last\n"));
    });
  });
}
