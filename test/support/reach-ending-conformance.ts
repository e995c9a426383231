import assert from "node:assert/strict";
import { eventually } from "./eventually";
import { failsAt, type ReachSubject, runOptions, runs, uniqueSeconds } from "./reach-subject";

/** How commands end before their time. */
export function reachEndingConformance({ reach }: ReachSubject): void {
  const elapsed = async (work: Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await work;
    return performance.now() - start;
  };

  it("ends a command that takes too long, and what it started, naming machine and task", async () => {
    const seconds = uniqueSeconds(1000);
    const script = `sleep ${seconds} & sleep ${seconds}`;
    for (const options of [runOptions({ timeoutMs: 700 }), runOptions({ timeoutMs: 700, input: "x" })]) {
      const ms = await elapsed(assert.rejects(reach().run(script, options), failsAt("timeout", reach().machine)));
      assert.ok(ms < 5000, `${ms} ms`);
    }
    await eventually("the processes end", async () => !(await runs(reach(), seconds)));
  });

  it("ends a command that ignores SIGTERM", async () => {
    const seconds = uniqueSeconds(1000);
    const script = `trap '' TERM; sleep ${seconds} & while :; do sleep ${seconds}; done`;
    const ms = await elapsed(
      assert.rejects(reach().run(script, runOptions({ timeoutMs: 700 })), failsAt("timeout", reach().machine)),
    );
    assert.ok(ms < 10_000, `${ms} ms`);
    await eventually("the processes end", async () => !(await runs(reach(), seconds)));
  });

  it("ends a command at once when cancelled, and starts none afterwards", async () => {
    const seconds = uniqueSeconds(1000);
    const cancel = new AbortController();
    const run = reach().run(`sleep ${seconds}`, runOptions({ signal: cancel.signal }));
    const ended = assert.rejects(run, failsAt("cancelled", reach().machine));
    await eventually("it runs", () => runs(reach(), seconds));
    cancel.abort();
    assert.ok((await elapsed(ended)) < 3000);
    await eventually("the process ends", async () => !(await runs(reach(), seconds)));
    const later = reach().run("exit 0", runOptions({ signal: cancel.signal }));
    await assert.rejects(later, failsAt("cancelled", reach().machine));
  });

  it("cancels a command that is just being started", async () => {
    const seconds = uniqueSeconds(1000);
    const cancel = new AbortController();
    const run = reach().run(`sleep ${seconds}`, runOptions({ signal: cancel.signal }));
    cancel.abort();
    await assert.rejects(run, failsAt("cancelled", reach().machine));
    await eventually("no process is left", async () => !(await runs(reach(), seconds)));
  });

  it("does not wait for a daemon that a command leaves behind", async () => {
    const start = performance.now();
    const result = await reach().run("(sleep 20; echo late) & echo started; echo wrong >&2; exit 4", runOptions());
    assert.deepEqual([result.exitCode, result.stdout.toString(), result.stderr], [4, "started\n", "wrong\n"]);
    assert.ok(performance.now() - start < 10_000);
  });
}
