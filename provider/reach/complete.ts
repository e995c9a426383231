import { cancelled, whyCancelled } from "./cancelled";
import { Output } from "./output";
import { ReachError, type ReachPhase, type RunOptions, type RunResult } from "./reach";
import type { Running, Streams } from "./running";

/** Longest standard output taken, in bytes; a probe of a large machine has some MiB. */
const MAX_STDOUT = 64 * 1024 * 1024;
/** Standard error kept, its end, in bytes. */
const MAX_STDERR = 64 * 1024;

/** What a command is, besides how it is run. */
interface Command {
  /** Machine's name, for messages. */
  readonly machine: string;
  /** Program's name, for messages. */
  readonly program: string;
  readonly start: (streams: Streams) => Running;
}

/**
 * Runs a command to its end, within its limits.
 * @throws ReachError where it is cancelled, takes too long, prints too much, or what `Running.ended` throws
 */
export async function complete({ machine, program, start }: Command, options: RunOptions): Promise<RunResult> {
  const { signal, input, timeoutMs, name } = options;
  if (signal.aborted) throw cancelled(machine, name, signal);
  const stdout = new Output(MAX_STDOUT, "head");
  const stderr = new Output(MAX_STDERR, "tail");
  let breach: (phase: ReachPhase, reason: string) => void = () => undefined;
  const breached = new Promise<{ phase: ReachPhase; reason: string }>((resolve) => {
    breach = (phase, reason) => resolve({ phase, reason });
  });
  const running = start({
    stdout(chunk) {
      if (!stdout.add(chunk))
        breach("output", `${program} printed more than ${MAX_STDOUT / 1048576} MiB and was ended`);
    },
    stderr(chunk) {
      stderr.add(chunk);
    },
  });
  const onAbort = () => breach("cancelled", whyCancelled(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  const late = `took longer than ${timeoutMs / 1000} s and was ended; see what keeps ${program} on ${machine}`;
  const timer = setTimeout(() => breach("timeout", late), timeoutMs);
  running.stdin.end(input ?? "");
  try {
    const outcome = await Promise.race([running.ended, breached]);
    if (typeof outcome === "number") {
      return { exitCode: outcome, stdout: stdout.bytes(), stderr: stderr.bytes().toString() };
    }
    const gone = await running.stop();
    const reason = gone ? outcome.reason : `${outcome.reason}. It may still run: ${machine} did not confirm its end`;
    throw new ReachError(machine, name, outcome.phase, reason, { cause: signal.reason });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
