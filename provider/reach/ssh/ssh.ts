import { setTimeout as sleep } from "node:timers/promises";
import { cancelled } from "../cancelled";
import { complete } from "../complete";
import { takeLock } from "../held-lock";
import { type Lock, type LockOptions, type Reach, ReachError, type RunOptions, type RunResult } from "../reach";
import type { Running, Streams } from "../running";
import type { SshAccess } from "./access";
import { ConnectFailure } from "./connect-failure";
import { Connection } from "./connection";
import { SessionRefused, startSession } from "./session";

/** Time that a server has for freeing the only session, in milliseconds, and time between two questions for it. */
const SESSION_MS = 3000;
const RETRY_MS = 100;

type Argv = readonly [string, ...string[]];
type Start = (argv: Argv, hasInput: boolean, streams: Streams, task: string) => Running;

interface Opening {
  readonly connection: Promise<Connection>;
  readonly giveUp: AbortController;
}

/** A machine that OpenSSH's client reaches: one login, made when it is first needed, for all commands. */
export class SshReach implements Reach {
  private opening: Opening | undefined;

  constructor(
    readonly machine: string,
    private readonly access: SshAccess,
  ) {}

  run(script: string, options: RunOptions): Promise<RunResult> {
    if (options.input !== undefined) return this.runProgram(["sh", "-c", script], options);
    return this.complete(["sh", "-s"], { ...options, input: script });
  }

  runProgram(argv: Argv, options: RunOptions): Promise<RunResult> {
    return this.complete(argv, options);
  }

  lock(name: string, options: LockOptions): Promise<Lock> {
    return this.session(options.signal, `take the lock ${name}`, (start) =>
      takeLock(this.machine, name, options, (argv, streams, task) => start(argv, true, streams, task)),
    );
  }

  async close(): Promise<void> {
    const { opening } = this;
    this.opening = undefined;
    opening?.giveUp.abort();
    const connection = await opening?.connection.catch(() => undefined);
    await connection?.close();
  }

  private complete(argv: Argv, options: RunOptions): Promise<RunResult> {
    return this.session(options.signal, options.name, (start) => {
      const run = (streams: Streams) => start(argv, options.input !== undefined, streams, options.name);
      return complete({ machine: this.machine, program: argv[0], start: run }, options);
    });
  }

  /** Does work that starts one command, once the connection has a session for it. */
  private async session<T>(signal: AbortSignal, task: string, work: (start: Start) => Promise<T>): Promise<T> {
    let aloneUntil: number | undefined;
    for (;;) {
      const connection = await this.connected(signal, task);
      const free = await connection.slots.take(signal).catch(() => {
        throw cancelled(this.machine, task, signal);
      });
      try {
        return await work((argv, hasInput, streams, name) =>
          startSession(connection, { argv, hasInput, machine: this.machine, task: name }, streams, free),
        );
      } catch (error) {
        free();
        if (!(error instanceof SessionRefused)) throw error;
        if (connection.slots.shrink()) continue;
        // A command that was ended may still have its session.
        aloneUntil ??= Date.now() + SESSION_MS;
        if (Date.now() < aloneUntil) {
          await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
          continue;
        }
        const reason = `its sshd allows no session besides that of the connection; MaxSessions must be at least 2: ${error.message}`;
        throw new ReachError(this.machine, task, "start", reason);
      }
    }
  }

  private async connected(signal: AbortSignal, task: string): Promise<Connection> {
    if (signal.aborted) throw cancelled(this.machine, task, signal);
    let onAbort: () => void = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(cancelled(this.machine, task, signal));
      signal.addEventListener("abort", onAbort, { once: true });
    });
    try {
      this.opening ??= this.open();
      return await Promise.race([this.opening.connection, aborted]);
    } catch (error) {
      if (!(error instanceof ConnectFailure)) throw error;
      throw new ReachError(this.machine, task, error.phase, error.message, { cause: error });
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  private open(): Opening {
    const giveUp = new AbortController();
    const opening: Opening = { connection: Connection.open(this.access, giveUp.signal), giveUp };
    // The next command connects anew, after a failure and when the connection was lost.
    const forget = () => {
      if (this.opening === opening) this.opening = undefined;
    };
    opening.connection.then((connection) => connection.ended.then(forget), forget);
    return opening;
  }
}
