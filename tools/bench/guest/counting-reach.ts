import type { Lock, LockOptions, Reach, RunOptions, RunResult } from "../../../provider/reach/reach";

/** A reach that tells of each round trip as it begins. */
export class CountingReach implements Reach {
  constructor(
    private readonly inner: Reach,
    private readonly onTrip: () => void,
  ) {}

  get machine(): string {
    return this.inner.machine;
  }

  run(script: string, options: RunOptions): Promise<RunResult> {
    this.onTrip();
    return this.inner.run(script, options);
  }

  runProgram(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult> {
    this.onTrip();
    return this.inner.runProgram(argv, options);
  }

  lock(name: string, options: LockOptions): Promise<Lock> {
    this.onTrip();
    return this.inner.lock(name, options);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
