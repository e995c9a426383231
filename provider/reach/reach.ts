/** How a command on a machine is to be run. */
export interface RunOptions {
  /** Ends the command, and everything that it started, when aborted. */
  readonly signal: AbortSignal;
  /** Standard input of the command. Secrets and files go this way, never in argv. */
  readonly input?: string | Buffer;
  /** Longest time that the command may take, in milliseconds. */
  readonly timeoutMs: number;
  /** What is being done, for messages: "define the domain train-0". */
  readonly name: string;
}

/** How a command ended. An exit code other than 0 is a result: what it means, the caller knows. */
export interface RunResult {
  /** 0-255; 128 + signal number where a signal ended the command. */
  readonly exitCode: number;
  readonly stdout: Buffer;
  /** The last 64 KiB. */
  readonly stderr: string;
}

/** A machine that commands can be run on. Every implementation passes the same conformance suite. */
export interface Reach {
  /** Name of the machine, for messages: "this machine", "node7". */
  readonly machine: string;
  /**
   * Runs a POSIX sh script: from standard input, or where `input` is given as an argument of `sh -c`.
   * @throws ReachError where it could not be run to its end
   */
  run(script: string, options: RunOptions): Promise<RunResult>;
  /**
   * Runs a program with arguments, without a shell between.
   * @throws ReachError where it could not be run to its end
   */
  runProgram(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult>;
}

/** Why a command did not run to its end. */
export type ReachPhase = "start" | "cancelled" | "timeout" | "output";

/** A command that did not run to its end: says on which machine, at what, why, and what to do. */
export class ReachError extends Error {
  constructor(
    readonly machine: string,
    readonly task: string,
    readonly phase: ReachPhase,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${machine}: ${task}: ${reason}`, options);
    this.name = "ReachError";
  }
}
