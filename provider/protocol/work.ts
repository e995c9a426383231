import type { WorkContext } from "./definition";
import { messageOf, Stopped } from "./errors";
import type { EngineLog } from "./log";

/** How long stopped work gets to end by itself (kill its child processes) before it is left behind. */
const WIND_DOWN_MS = 1000;
/** How often a status line tells the time. */
const TICK_MS = 1000;

export interface WorkOptions {
  readonly urn: string;
  /** Seconds, from the resource's customTimeouts or for a look; 0 for none. */
  readonly timeout?: number;
  readonly redact: (text: string) => string;
  /** Works even after cancel: for the one bounded look at what stopped work has left. */
  readonly afterCancel?: boolean;
}

/** All work in progress, so that the engine's cancel ends every piece of it at once. */
export class Workshop {
  private readonly running = new Set<AbortController>();
  private cancelled = false;

  constructor(private readonly log: EngineLog) {}

  /** Ends all work, and all that is asked for later until `reopen`. */
  cancel(): void {
    this.cancelled = true;
    for (const controller of this.running) controller.abort(new Stopped("cancelled"));
  }

  /** A new engine has connected; an earlier one's cancel no longer counts. */
  reopen(): void {
    this.cancelled = false;
  }

  /** Runs a piece of work. Rejects with Stopped when it was cancelled or its time ran out. */
  async run<T>(options: WorkOptions, work: (context: WorkContext) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const { timeout = 0 } = options;
    const timer =
      timeout > 0 ? setTimeout(() => controller.abort(outOfTime(timeout, options)), timeout * 1000) : undefined;
    if (!options.afterCancel) this.running.add(controller);
    if (this.cancelled && !options.afterCancel) controller.abort(new Stopped("cancelled"));
    const context = this.context(controller.signal, options);
    try {
      controller.signal.throwIfAborted();
      return await unlessStopped(controller.signal, work(context));
    } finally {
      clearTimeout(timer);
      this.running.delete(controller);
    }
  }

  private context(signal: AbortSignal, { urn, redact }: WorkOptions): WorkContext {
    const send = (severity: "info" | "warning", message: string, ephemeral = false) =>
      void this.log.send(severity, redact(message), urn, ephemeral).catch(() => undefined);
    return {
      signal,
      status: (message) => send("info", message, true),
      phase: (name, expectedSeconds, work) =>
        phase((message) => send("info", message, true), name, expectedSeconds, work),
      info: (message) => send("info", message),
      warn: (message) => send("warning", message),
    };
  }
}

function outOfTime(seconds: number, { afterCancel = false }: WorkOptions): Stopped {
  const limit = afterCancel ? `the ${seconds} seconds of such a look` : `the custom timeout of ${seconds} seconds`;
  return new Stopped(`did not finish within ${limit}`);
}

/** The work's result, or the signal's reason a moment after it was aborted; work that hangs on is left behind. */
function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = () => setTimeout(() => reject(signal.reason), WIND_DOWN_MS).unref();
    signal.addEventListener("abort", stop, { once: true });
    work
      .then(resolve, (error) => reject(signal.aborted ? stoppedBecause(signal.reason, error) : error))
      .finally(() => signal.removeEventListener("abort", stop));
  });
}

/** What stopped work says on its way out often names the phase it was in. */
function stoppedBecause(reason: unknown, error: unknown): unknown {
  if (error === reason || !(reason instanceof Stopped)) return reason;
  if (error instanceof Error && error.name === "AbortError") return reason;
  return new Stopped(`${reason.message} (${messageOf(error)})`);
}

/** Tells at once what is being done, and each second since when, until the work has ended. */
async function phase<T>(
  status: (message: string) => void,
  name: string,
  expectedSeconds: number | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const started = Date.now();
  const expected = expectedSeconds === undefined ? "" : ` of about ${expectedSeconds} s`;
  const tell = () => status(`${name}, ${Math.round((Date.now() - started) / 1000)} s${expected}`);
  tell();
  const ticking = setInterval(tell, TICK_MS);
  try {
    return await work();
  } finally {
    clearInterval(ticking);
  }
}
