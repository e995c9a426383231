import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { Output } from "./output";
import { type Reach, ReachError, type RunOptions, type RunResult } from "./reach";

/** Longest standard output taken, in bytes; a probe of a large machine has some MiB. */
const MAX_STDOUT = 64 * 1024 * 1024;
/** Standard error kept, its end, in bytes. */
const MAX_STDERR = 64 * 1024;
/** Time that a command has between SIGTERM and SIGKILL, in milliseconds. */
const GRACE_MS = 2000;
/** Time that pipes may stay open after the command ended (a daemon it started may hold them), in milliseconds. */
const DRAIN_MS = 500;

/**
 * Standard input of a child of Node is a socket, and a socket cannot be opened as /dev/stdin, as in
 * `virsh define /dev/stdin`. This makes it a pipe. The exit code is that of the program.
 */
const THROUGH_PIPE = 'cat | "$@"';
/** Exit code of a shell that found no such program (POSIX, Shell Command Language, 2.8.2). */
const NOT_FOUND = 127;

/** The machine that this process runs on. */
export class LocalReach implements Reach {
  readonly machine: string = "this machine";

  run(script: string, options: RunOptions): Promise<RunResult> {
    if (options.input !== undefined) return this.runProgram(["sh", "-c", script], options);
    return this.runProgram(["sh", "-s"], { ...options, input: script });
  }

  async runProgram(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult> {
    if (options.input === undefined) return runLocally(this.machine, argv, options);
    const result = await runLocally(this.machine, ["sh", "-c", THROUGH_PIPE, "sh", ...argv], options);
    if (result.exitCode === NOT_FOUND && argv[0] !== "sh") throw missing(this.machine, options.name, argv[0]);
    return result;
  }
}

/** Runs a program on this machine in a process group of its own; `machine` is the name for messages. */
export function runLocally(
  machine: string,
  argv: readonly [string, ...string[]],
  { signal, input, timeoutMs, name }: RunOptions,
): Promise<RunResult> {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const cancelled = () => new ReachError(machine, name, "cancelled", "was cancelled", { cause: signal.reason });
    if (signal.aborted) return reject(cancelled());
    const child = spawn(program, args, { detached: true, env: { ...process.env, LC_ALL: "C" } });
    const stdout = new Output(MAX_STDOUT, "head");
    const stderr = new Output(MAX_STDERR, "tail");
    let failure: ReachError | undefined;
    const stop = (error: ReachError) => {
      failure ??= error;
      killGroup(child);
    };
    const onAbort = () => stop(cancelled());
    signal.addEventListener("abort", onAbort, { once: true });
    const late = `took longer than ${timeoutMs / 1000} s and was ended; see what keeps ${program} on ${machine}`;
    const timer = setTimeout(() => stop(new ReachError(machine, name, "timeout", late)), timeoutMs);
    let drain: NodeJS.Timeout | undefined;
    const settle = (outcome: () => void) => {
      clearTimeout(timer);
      clearTimeout(drain);
      signal.removeEventListener("abort", onAbort);
      child.stdout.destroy();
      child.stderr.destroy();
      outcome();
    };
    const finish = (code: number | null, ending: NodeJS.Signals | null) =>
      settle(() => {
        if (failure) return reject(failure);
        const exitCode = code ?? 128 + (ending ? constants.signals[ending] : 0);
        resolve({ exitCode, stdout: stdout.bytes(), stderr: stderr.bytes().toString() });
      });
    child.on("error", (error) => settle(() => reject(startError(machine, name, program, error))));
    child.on("exit", (code, ending) => {
      drain = setTimeout(() => finish(code, ending), DRAIN_MS);
    });
    child.on("close", finish);
    child.stdout.on("data", (chunk: Buffer) => {
      if (stdout.add(chunk)) return;
      const reason = `${program} printed more than ${MAX_STDOUT / 1048576} MiB and was ended`;
      stop(new ReachError(machine, name, "output", reason));
    });
    child.stderr.on("data", (chunk: Buffer) => stderr.add(chunk));
    // A command may end without having read its input: its exit code tells what happened.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });
}

function startError(machine: string, name: string, program: string, error: NodeJS.ErrnoException): ReachError {
  if (error.code === "ENOENT") return missing(machine, name, program);
  const reason = `${program} could not be started: ${error.message}`;
  return new ReachError(machine, name, "start", reason, { cause: error });
}

function missing(machine: string, name: string, program: string): ReachError {
  return new ReachError(machine, name, "start", `there is no program ${program}; install it or put it on PATH`);
}

/** Ends a command and all that it started. */
function killGroup(child: ChildProcess): void {
  const pid = child.pid;
  if (pid === undefined) return;
  signalGroup(pid, "SIGTERM");
  const kill = setTimeout(() => signalGroup(pid, "SIGKILL"), GRACE_MS);
  child.once("close", () => {
    clearTimeout(kill);
    signalGroup(pid, "SIGKILL");
  });
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // The group is gone already.
  }
}
