import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Running, Streams } from "./running";

/** Time that a command has between SIGTERM and SIGKILL, in milliseconds. */
const GRACE_MS = 2000;
/** Time that pipes may stay open after the command ended (a daemon it started may hold them), in milliseconds. */
const DRAIN_MS = 500;

/** Starts a program in a session of its own, so that a Ctrl-C meant for this process does not end it. */
export function spawnDetached(
  argv: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv = {},
): ChildProcessWithoutNullStreams {
  const [program, ...args] = argv;
  const child = spawn(program, args, { detached: true, env: { ...process.env, LC_ALL: "C", ...env } });
  // A command may end without having read its input: its exit code tells what happened.
  child.stdin.on("error", () => undefined);
  return child;
}

/** Starts a program on this machine, in a process group of its own. `ended` rejects as `startError` says. */
export function startLocally(
  argv: readonly [string, ...string[]],
  streams: Streams,
  startError: (error: NodeJS.ErrnoException) => Error,
): Running {
  const child = spawnDetached(argv);
  child.stdout.on("data", (chunk: Buffer) => streams.stdout(chunk));
  child.stderr.on("data", (chunk: Buffer) => streams.stderr(chunk));
  const ended = endOf(child, startError);
  const stop = async () => {
    signalGroup(child.pid, "SIGTERM");
    const kill = setTimeout(() => signalGroup(child.pid, "SIGKILL"), GRACE_MS);
    await ended.catch(() => undefined);
    clearTimeout(kill);
    signalGroup(child.pid, "SIGKILL");
    return true;
  };
  return { stdin: child.stdin, ended, stop };
}

/** The exit code of a child, 128 + signal number where a signal ended it, when its output was read. */
export function endOf(
  child: ChildProcessWithoutNullStreams,
  startError: (error: NodeJS.ErrnoException) => Error,
): Promise<number> {
  const ended = new Promise<number>((resolve, reject) => {
    const finish = (code: number | null, ending: NodeJS.Signals | null) => {
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(code ?? 128 + (ending ? constants.signals[ending] : 0));
    };
    child.once("error", (error) => reject(startError(error)));
    child.once("exit", (code, ending) => {
      const drain = setTimeout(() => finish(code, ending), DRAIN_MS);
      child.once("close", () => {
        clearTimeout(drain);
        finish(code, ending);
      });
    });
  });
  // Whoever stops a child does not ask how it ended.
  ended.catch(() => undefined);
  return ended;
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // The group is gone already.
  }
}
