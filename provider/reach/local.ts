import { startLocally } from "./child";
import { complete } from "./complete";
import { takeLock } from "./held-lock";
import { type Lock, type LockOptions, type Reach, ReachError, type RunOptions, type RunResult } from "./reach";
import type { Streams } from "./running";

type Argv = readonly [string, ...string[]];

/**
 * Standard input of a child of Node is a socket, and a socket cannot be opened as /dev/stdin, as in
 * `virsh define /dev/stdin`. This makes it a pipe. The exit code is that of the program.
 */
const THROUGH_PIPE = 'cat | "$@"';
/** Exit code of a shell that found no such program (POSIX, Shell Command Language, 2.8.2). */
const NOT_FOUND = 127;

/** The machine that this process runs on. */
export class LocalReach implements Reach {
  constructor(readonly machine: string = "this machine") {}

  run(script: string, options: RunOptions): Promise<RunResult> {
    if (options.input !== undefined) return this.runProgram(["sh", "-c", script], options);
    return this.complete(["sh", "-s"], { ...options, input: script });
  }

  async runProgram(argv: Argv, options: RunOptions): Promise<RunResult> {
    if (options.input === undefined) return this.complete(argv, options);
    const result = await this.complete(["sh", "-c", THROUGH_PIPE, "sh", ...argv], options, argv[0]);
    if (result.exitCode === NOT_FOUND && argv[0] !== "sh") throw this.missing(options.name, argv[0]);
    return result;
  }

  lock(name: string, options: LockOptions): Promise<Lock> {
    return takeLock(this.machine, name, options, (argv, streams, task) => this.start(argv, streams, task));
  }

  /** There is no connection to end. */
  async close(): Promise<void> {}

  private complete(argv: Argv, options: RunOptions, program = argv[0]): Promise<RunResult> {
    const start = (streams: Streams) => this.start(argv, streams, options.name);
    return complete({ machine: this.machine, program, start }, options);
  }

  private start(argv: Argv, streams: Streams, task: string) {
    return startLocally(argv, streams, (error) => this.startError(task, argv[0], error));
  }

  private startError(task: string, program: string, error: NodeJS.ErrnoException): ReachError {
    if (error.code === "ENOENT") return this.missing(task, program);
    const reason = `${program} could not be started: ${error.message}`;
    return new ReachError(this.machine, task, "start", reason, { cause: error });
  }

  private missing(task: string, program: string): ReachError {
    return missingProgram(this.machine, task, program);
  }
}

/** The error for a program that a machine does not have. */
function missingProgram(machine: string, task: string, program: string): ReachError {
  return new ReachError(machine, task, "start", `there is no program ${program}; install it or put it on PATH`);
}
