import { cancelled } from "./cancelled";
import { lockScript } from "./lock-script";
import { Output } from "./output";
import { type Lock, type LockOptions, ReachError, type ReachPhase } from "./reach";
import type { Running, Streams } from "./running";
import { within } from "./within";

/** Time that giving a lock back may take before its process is ended, in milliseconds. */
const RELEASE_MS = 2000;
/** Longest name of a holder, in characters. */
const MAX_HOLDER = 200;

/** Starts a program whose standard input stays open; `task` is for messages. */
type Start = (argv: readonly [string, ...string[]], streams: Streams, task: string) => Running;

/** Takes a lock by a process on the machine that holds it; `Reach.lock` says what it does. */
export async function takeLock(machine: string, name: string, options: LockOptions, start: Start): Promise<Lock> {
  const { signal, waitMs, onWaiting } = options;
  const task = `take the lock ${name}`;
  const script = lockScript(name);
  const error = (phase: ReachPhase, reason: string) => new ReachError(machine, task, phase, reason);
  if (signal.aborted) throw cancelled(machine, task, signal);

  const errors = new Output(4096, "tail");
  let file = "";
  let heldBy = "";
  let pending = "";
  let locked: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    locked = resolve;
  });
  const onLine = (line: string) => {
    const [, word, text = ""] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    if (word === "file") file = text;
    if (word === "waiting") {
      heldBy = text;
      onWaiting?.(text);
    }
    if (word === "locked") locked();
  };
  const streams: Streams = {
    stdout(chunk) {
      const lines = (pending + chunk).split("\n");
      pending = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    },
    stderr(chunk) {
      errors.add(chunk);
    },
  };
  const running = start(["sh", "-c", script, "sh", oneLine(options.holder)], streams, task);

  let onAbort: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const givenUp = new Promise<ReachError>((resolve) => {
    onAbort = () => resolve(cancelled(machine, task, signal));
    signal.addEventListener("abort", onAbort, { once: true });
    timer = setTimeout(() => resolve(error("locked", heldReason(heldBy, file, waitMs))), waitMs);
  });
  const failed = running.ended.then(() =>
    error("start", `the lock cannot be taken: ${errors.bytes().toString().trim() || "its process ended"}`),
  );
  try {
    const failure = await Promise.race([held, givenUp, failed]);
    if (!failure) return heldLock(machine, task, running);
    await running.stop();
    throw failure;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function heldLock(machine: string, task: string, running: Running): Lock {
  const lost = new AbortController();
  let released: Promise<void> | undefined;
  const onEnd = (cause?: unknown) => {
    const reason = "the lock of the machine is lost: the process there that held it has ended, or the connection to it";
    if (!released) lost.abort(new ReachError(machine, task, "lost", reason, { cause }));
  };
  running.ended.then(() => onEnd(), onEnd);
  return {
    lost: lost.signal,
    release() {
      released ??= release(running);
      return released;
    },
  };
}

async function release(running: Running): Promise<void> {
  running.stdin.end();
  const ended = running.ended.then(
    () => true,
    () => true,
  );
  if (!(await within(ended, RELEASE_MS))) await running.stop();
}

function heldReason(heldBy: string, file: string, waitMs: number): string {
  const holder = heldBy || "another process";
  const look = file ? `; "fuser -v ${file}" there shows its process` : "";
  return `${holder} works on the machine and has not ended within ${waitMs / 1000} s. Wait for its end, or end it${look}`;
}

/** A name that stays on one line of the holder's file. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").slice(0, MAX_HOLDER);
}
