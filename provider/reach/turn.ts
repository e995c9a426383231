import { cancelled } from "./cancelled";
import type { Lock, Reach } from "./reach";

/** Longest wait for another process that works on the machine, in milliseconds. Custom timeouts end it earlier. */
const WAIT_MS = 600_000;

/** Who asks for the machine, and how it is told that it has to wait. */
export interface TurnOptions {
  readonly signal: AbortSignal;
  /** For others who wait: "stack train/prod". */
  readonly holder: string;
  /** Called once when somebody else works on the machine. */
  readonly onWaiting: (heldBy: string) => void;
}

/**
 * This process's turn on a machine. The process takes the machine's lock when its first piece of work begins and gives
 * it back when the last has ended: its own resources work side by side, other processes wait.
 */
export class Turn {
  private taken: { readonly lock: Promise<Lock>; readonly giveUp: AbortController } | undefined;
  private readonly waiting = new Set<TurnOptions>();
  private users = 0;

  constructor(
    private readonly reach: Reach,
    private readonly lockName: string,
  ) {}

  /** Runs work in this process's turn. `lost` is aborted when the turn ends before the work does. */
  async run<T>(options: TurnOptions, work: (lost: AbortSignal) => Promise<T>): Promise<T> {
    this.users += 1;
    try {
      const lock = await this.take(options);
      return await work(lock.lost);
    } finally {
      this.users -= 1;
      if (this.users === 0) await this.giveBack();
    }
  }

  private async take(options: TurnOptions): Promise<Lock> {
    for (;;) {
      this.taken ??= this.ask(options.holder);
      const asked = this.taken;
      this.waiting.add(options);
      try {
        const lock = await orAborted(asked.lock, options.signal, this.reach.machine);
        if (!lock.lost.aborted) return lock;
        this.forget(asked);
      } catch (error) {
        if (!options.signal.aborted) this.forget(asked);
        throw error;
      } finally {
        this.waiting.delete(options);
      }
    }
  }

  /** The next one asks anew: a lock that was not had, or is lost, is nobody's. */
  private forget(asked: Turn["taken"]): void {
    if (this.taken === asked) this.taken = undefined;
  }

  private ask(holder: string) {
    const giveUp = new AbortController();
    const onWaiting = (heldBy: string) => {
      for (const options of this.waiting) options.onWaiting(heldBy);
    };
    const lock = this.reach.lock(this.lockName, { signal: giveUp.signal, waitMs: WAIT_MS, holder, onWaiting });
    // Whoever waits sees the failure; when all have left, nobody does.
    lock.catch(() => undefined);
    return { lock, giveUp };
  }

  private async giveBack(): Promise<void> {
    const { taken } = this;
    this.taken = undefined;
    if (!taken) return;
    taken.giveUp.abort();
    const lock = await taken.lock.catch(() => undefined);
    await lock?.release();
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal, machine: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const task = "wait for its lock";
    const stop = () => reject(cancelled(machine, task, signal));
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
