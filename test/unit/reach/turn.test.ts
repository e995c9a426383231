import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { Facts } from "../../../provider/reach/facts";
import type { Lock, LockOptions, Reach } from "../../../provider/reach/reach";
import { Turn, type TurnOptions } from "../../../provider/reach/turn";

/** A reach whose lock is granted, refused and lost by the test. */
class LockOnly {
  readonly machine = "node7";
  readonly asked: (LockOptions & {
    grant(): void;
    refuse(error: Error): void;
    lose(): void;
    released: boolean;
  })[] = [];

  lock(_name: string, options: LockOptions): Promise<Lock> {
    return new Promise((resolve, reject) => {
      const lost = new AbortController();
      const asked = {
        ...options,
        released: false,
        grant: () =>
          resolve({
            lost: lost.signal,
            release: async () => {
              asked.released = true;
            },
          }),
        refuse: reject,
        lose: () => lost.abort(),
      };
      this.asked.push(asked);
    });
  }
}

function setUp() {
  const reach = new LockOnly();
  return { reach, turn: new Turn(reach as unknown as Reach, "machine") };
}
const options = (more: Partial<TurnOptions> = {}): TurnOptions => ({
  signal: new AbortController().signal,
  holder: "stack a/dev",
  onWaiting: () => undefined,
  ...more,
});
/** A piece of work that ends when it is told to. */
function job() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, work: () => ended };
}

describe("a process's turn on a machine", () => {
  it("is one lock for all work that overlaps, given back after the last", async () => {
    const { reach, turn } = setUp();
    const [first, second] = [job(), job()];
    const runs = [turn.run(options(), first.work), turn.run(options(), second.work)];
    equal(reach.asked.length, 1);
    reach.asked[0]?.grant();
    first.end();
    await runs[0];
    equal(reach.asked[0]?.released, false);
    second.end();
    await runs[1];
    equal(reach.asked[0]?.released, true);
    const third = turn.run(options(), async () => "done");
    equal(reach.asked.length, 2);
    reach.asked[1]?.grant();
    equal(await third, "done");
  });

  it("tells everyone who waits who works there, and goes on for others when one is cancelled", async () => {
    const { reach, turn } = setUp();
    const told: string[] = [];
    const cancel = new AbortController();
    const cancelled = turn.run(options({ signal: cancel.signal, onWaiting: (by) => told.push(`1 ${by}`) }), job().work);
    const other = turn.run(options({ onWaiting: (by) => told.push(`2 ${by}`) }), async () => "done");
    reach.asked[0]?.onWaiting?.("stack b/dev");
    deepEqual(told, ["1 stack b/dev", "2 stack b/dev"]);
    cancel.abort();
    await rejects(cancelled, /node7: wait for its lock: was cancelled/);
    equal(reach.asked[0]?.signal.aborted, false);
    reach.asked[0]?.grant();
    equal(await other, "done");
  });

  it("gives up waiting when nobody is left who waits", async () => {
    const { reach, turn } = setUp();
    const cancel = new AbortController();
    const cancelled = turn.run(options({ signal: cancel.signal }), job().work);
    cancel.abort();
    reach.asked[0]?.signal.addEventListener("abort", () => reach.asked[0]?.refuse(new Error("cancelled")));
    await rejects(cancelled);
    equal(reach.asked[0]?.signal.aborted, true);
  });

  it("fails for all when the lock is refused, and asks anew the next time", async () => {
    const { reach, turn } = setUp();
    const runs = [turn.run(options(), job().work), turn.run(options(), job().work)];
    reach.asked[0]?.refuse(new Error("held by stack b/dev"));
    for (const run of runs) await rejects(run, /held by stack b\/dev/);
    const again = turn.run(options(), async () => 1);
    reach.asked[1]?.grant();
    equal(await again, 1);
  });

  it("tells work when the lock is lost, and takes another one for the next", async () => {
    const { reach, turn } = setUp();
    const first = job();
    let signal: AbortSignal | undefined;
    const run = turn.run(options(), (lost) => {
      signal = lost;
      return first.work();
    });
    reach.asked[0]?.grant();
    await new Promise(setImmediate);
    reach.asked[0]?.lose();
    ok(signal?.aborted);
    const next = turn.run(options(), async () => 2);
    await new Promise(setImmediate);
    equal(reach.asked.length, 2);
    reach.asked[1]?.grant();
    equal(await next, 2);
    first.end();
    await run;
  });
});

describe("facts of a machine", () => {
  it("are read once for all who ask at the same moment, by name", async () => {
    const facts = new Facts();
    let reads = 0;
    const read = async () => ++reads;
    deepEqual(
      await Promise.all([facts.read("pci", read), facts.read("pci", read), facts.read("pci", read)]),
      [1, 1, 1],
    );
    equal(await facts.read("bios", read), 2);
  });

  it("are read anew after a write, also where the earlier reading has not ended", async () => {
    const facts = new Facts();
    let end = (_: string) => {};
    const slow = facts.read("pci", () => new Promise<string>((resolve) => (end = resolve)));
    facts.forget();
    const fresh = facts.read("pci", async () => "after");
    end("before");
    deepEqual([await slow, await fresh], ["before", "after"]);
  });
});
