import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { lockFiles } from "../../provider/reach/lock-script";
import type { Lock, LockOptions, Reach } from "../../provider/reach/reach";
import { eventually } from "./eventually";
import { failsAt, type ReachSubject, runOptions, runs, uniqueSeconds } from "./reach-subject";

const lockOptions = (more: Partial<LockOptions> = {}): LockOptions => ({
  signal: new AbortController().signal,
  waitMs: 20_000,
  holder: "stack train/prod",
  ...more,
});

/** At most one holder at a time. */
export function reachLockConformance({ reach, another, lockHolder }: ReachSubject): void {
  let name = "";
  let second: Reach;
  const taken: Lock[] = [];
  const take = async (from: Reach, more: Partial<LockOptions> = {}): Promise<Lock> => {
    const lock = await from.lock(name, lockOptions(more));
    taken.push(lock);
    return lock;
  };

  beforeEach(() => {
    name = `test-${randomInt(1_000_000_000)}`;
    second = another?.() ?? reach();
  });

  afterEach(async () => {
    await Promise.all(taken.splice(0).map((lock) => lock.release()));
    if (another) await second.close();
    await reach().run(`${lockFiles(name)}\nrm -f "$lock" "$work" "\${lock%.lock}.holder"`, runOptions());
  });

  it("lets one holder in, and tells the next one whom it waits for", async () => {
    const first = await take(reach());
    const told: string[] = [];
    let entered = false;
    const next = take(second, { holder: "stack train/test", onWaiting: (heldBy) => told.push(heldBy) });
    next.then(() => {
      entered = true;
    });
    await eventually("the second one waits", () => told.length > 0);
    assert.equal(entered, false);
    await first.release();
    const lock = await next;
    assert.deepEqual(told, ["stack train/prod"]);
    assert.deepEqual([first.lost.aborted, lock.lost.aborted], [false, false]);
  });

  it("lets holders of other names in at the same time", async () => {
    await take(reach());
    const other = await second.lock(`${name}.other`, lockOptions());
    await other.release();
    await reach().run(`${lockFiles(`${name}.other`)}\nrm -f "$lock" "$work" "\${lock%.lock}.holder"`, runOptions());
  });

  it("gives up after the wait, saying who holds it", async () => {
    await take(reach(), { holder: "stack a/b\nand more" });
    await assert.rejects(second.lock(name, lockOptions({ waitMs: 1500 })), (error: Error) => {
      assert.match(error.message, /: take the lock test-\d+: stack a\/b and more .*within 1\.5 s/);
      return failsAt("locked", second.machine, `take the lock ${name}`)(error);
    });
  });

  it("ends a wait that is cancelled", async () => {
    const first = await take(reach());
    const cancel = new AbortController();
    const waiting = second.lock(name, lockOptions({ signal: cancel.signal, onWaiting: () => cancel.abort() }));
    await assert.rejects(waiting, failsAt("cancelled", second.machine, `take the lock ${name}`));
    await first.release();
    await take(second, { waitMs: 3000 });
  });

  it("is asked for by nobody who was cancelled before", async () => {
    const waiting = reach().lock(name, lockOptions({ signal: AbortSignal.abort() }));
    await assert.rejects(waiting, failsAt("cancelled", reach().machine, `take the lock ${name}`));
  });

  it("takes a second release, also at the same time", async () => {
    const lock = await take(reach());
    await Promise.all([lock.release(), lock.release()]);
    await lock.release();
    await take(second, { waitMs: 3000 });
  });

  it("waits for a command that an earlier holder has left behind", async () => {
    const seconds = uniqueSeconds(3);
    const leave = `${lockFiles(name)}\nexec 9< "$work"\nflock -s 9\nsleep ${seconds} > /dev/null 2>&1 &`;
    await reach().run(leave, runOptions());
    const told: string[] = [];
    await take(second, { onWaiting: (heldBy) => told.push(heldBy) });
    assert.equal(told.length, 1);
    assert.equal(await runs(reach(), seconds), false);
  });

  it("refuses names that are no file names", async () => {
    for (const bad of ["", "a/b", "a b", "$x"]) {
      await assert.rejects(async () => reach().lock(bad, lockOptions()), TypeError);
    }
  });

  if (lockHolder) {
    it("is free again when the process that holds it is killed", async () => {
      const child = lockHolder(name);
      let said = "";
      child.stdout?.on("data", (chunk) => {
        said += chunk;
      });
      await eventually("it is held", () => said.includes("locked"), 30_000);
      const next = take(second, { onWaiting: () => child.kill("SIGKILL") });
      const [ended] = await Promise.all([next, once(child, "exit")]);
      assert.equal(ended.lost.aborted, false);
    });
  }
}
