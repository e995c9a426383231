/** How a command on a machine is to be run. */
export interface RunOptions {
  /** Ends the command, and everything that it started, when aborted. */
  readonly signal: AbortSignal;
  /** Standard input of the command. Secrets and files go this way, never in argv. */
  readonly input?: string | Buffer;
  /** Longest time that the command may take, in milliseconds. Making a connection has a limit of its own. */
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

/** How a lock is asked for. */
export interface LockOptions {
  /** Ends the wait, when aborted. */
  readonly signal: AbortSignal;
  /** Longest wait for another holder, in milliseconds. */
  readonly waitMs: number;
  /** Who asks, as others who wait are told: "stack train/prod". One line. */
  readonly holder: string;
  /** Called once when somebody else holds the lock, with their `holder` (empty where it is not known). */
  readonly onWaiting?: (heldBy: string) => void;
}

/** A lock that is held. */
export interface Lock {
  /** Aborted when the lock is gone without release: the connection was lost. */
  readonly lost: AbortSignal;
  /** Gives the lock back. Never throws; a second call does nothing. */
  release(): Promise<void>;
}

/** A machine that commands can be run on. Every implementation passes the same conformance suite. */
export interface Reach {
  /** Name of the machine, for messages: "this machine", "node7". */
  readonly machine: string;
  /**
   * Runs a POSIX sh script: from standard input, or where `input` is given as an argument of `sh -c` (so a script never
   * holds a secret).
   * @throws ReachError where it could not be run to its end
   */
  run(script: string, options: RunOptions): Promise<RunResult>;
  /**
   * Runs a program with arguments, without a shell between.
   * @throws ReachError where it could not be run to its end
   */
  runProgram(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult>;
  /**
   * Takes the machine's lock of a name (letters, digits, ".", "_", "-"): at most one holder at a time, of all processes
   * that reach the machine in whatever way. The lock ends with the holder's process, also where that is killed.
   * @throws ReachError of phase "locked" where another one holds it for longer than the wait
   */
  lock(name: string, options: LockOptions): Promise<Lock>;
  /** Ends connections. Never throws; a later command connects anew. */
  close(): Promise<void>;
}

/**
 * Why a command did not run to its end. `connect`: the machine was not reached. `authenticate`: it was, and let nobody
 * in, or its host key is not the known one. `privilege`: no root by sudo. `start`: the program is not there. `lost`: the
 * connection broke while the command ran, so whether it took effect is not known. `off`: it is a guest that does not run, or is
 * not there. `refused`: it answered that it does not do
 * what was asked.
 */
export type ReachPhase =
  | "connect"
  | "off"
  | "authenticate"
  | "privilege"
  | "start"
  | "cancelled"
  | "timeout"
  | "output"
  | "lost"
  | "locked"
  | "refused";

/** A command that did not run to its end: says on which machine, at what, why, and what to do. */
export class ReachError extends Error {
  constructor(
    readonly machine: string,
    readonly task: string,
    readonly phase: ReachPhase,
    /** The message without machine and task. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${machine}: ${task}: ${reason}`, options);
    this.name = "ReachError";
  }
}
