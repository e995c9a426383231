import { lockFiles } from "./lock-script";
import type { Lock, LockOptions, Reach, RunOptions, RunResult } from "./reach";

/**
 * A reach whose commands are known to the machine's lock: each holds the lock's work file while it runs. Who takes the
 * lock next waits for them, also where the process that sent them was killed and its commands go on.
 */
export class GuardedReach implements Reach {
  private readonly head: string;

  constructor(
    private readonly reach: Reach,
    lockName: string,
  ) {
    // Children get no descriptor of the work file: a daemon that a command starts would else hold it for ever.
    this.head = `${lockFiles(lockName)}\nexec 9< "$work" && flock -s 9 || exit 75\n`;
  }

  get machine(): string {
    return this.reach.machine;
  }

  run(script: string, options: RunOptions): Promise<RunResult> {
    return this.reach.run(`${this.head}(\n${script}\n) 9<&-`, options);
  }

  runProgram(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult> {
    return this.reach.runProgram(["sh", "-c", `${this.head}"$@" 9<&-`, "sh", ...argv], options);
  }

  lock(name: string, options: LockOptions): Promise<Lock> {
    return this.reach.lock(name, options);
  }

  close(): Promise<void> {
    return this.reach.close();
  }
}
