import type { ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { type Reach, ReachError, type ReachPhase, type RunOptions } from "../../provider/reach/reach";

/** An implementation of Reach to be tested, and what it can be asked for. */
export interface ReachSubject {
  /** The reach that the tests use; they do not close it. */
  reach(): Reach;
  /** A second reach of the same machine; the test closes it. Without it, the first one serves. */
  another?(): Reach;
  /** Starts a process that takes a lock by this kind of reach and prints "locked". */
  lockHolder?(name: string): ChildProcess;
  /** How many commands run at the same time. */
  readonly maxParallel?: number;
  /** Size of a large output, in bytes. */
  readonly bigBytes?: number;
}

export const runOptions = (more: Partial<RunOptions> = {}): RunOptions => ({
  signal: new AbortController().signal,
  timeoutMs: 30_000,
  name: "try something",
  ...more,
});

/** For assert.rejects: an error of a phase, that names machine and task. */
export const failsAt =
  (phase: ReachPhase, machine: string, task = "try something") =>
  (error: unknown): boolean =>
    error instanceof ReachError && error.phase === phase && error.message.startsWith(`${machine}: ${task}: `);

/** That many seconds and a fraction that no other process sleeps for, to find a command by. */
export const uniqueSeconds = (seconds: number): string => `${seconds}.${randomInt(100_000_000, 999_999_999)}`;

/** Whether a process of the machine that has the text in its arguments runs. */
export async function runs(reach: Reach, text: string): Promise<boolean> {
  // The bracket keeps the search from finding itself.
  const pattern = `[${text.charAt(0)}]${text.slice(1)}`;
  const found = await reach.run(`grep -sl '${pattern}' /proc/[0-9]*/cmdline || true`, runOptions());
  return found.stdout.length > 0;
}
