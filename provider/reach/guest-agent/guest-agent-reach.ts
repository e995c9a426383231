import { randomBytes } from "node:crypto";
import { cancelled } from "../cancelled";
import { type Lock, type LockOptions, type Reach, ReachError, type RunOptions, type RunResult } from "../reach";
import { bytesOf, type Report, reportOf } from "./answer";
import { failureOf } from "./failure";
import { CANCEL, directoryOf, MAX_STDOUT, payloadOf, programScriptOf, REMOVE, START, scriptOf } from "./guest-script";
import * as onHost from "./host-script";

/** Seconds that the agent has for the answer to one message; it answers at once unless the guest is paused or hangs. */
const ANSWER_SECONDS = 15;
/** Time for virsh to connect and for the messages around a command, in milliseconds. */
const AROUND_MS = 60_000;
/** Slowest transfer that is waited for, in bytes in a millisecond: an emulated guest takes 250. */
const SLOWEST = 32;
/** Longest output read in one round trip, in bytes: base64 makes 22 MiB of it, and a Reach takes 64. */
const PART = 16 * 1024 * 1024;

/** Where a guest is, and its agent. */
export interface GuestAgentOptions {
  /** The machine that the guest's libvirt runs on. */
  readonly host: Reach;
  readonly domain: string;
  /** libvirt connection on the host; absent for the host's own. */
  readonly libvirtUri?: string | undefined;
  /** Seconds that the agent has for the answer to one message; 15 by default. */
  readonly answerSeconds?: number;
}

/**
 * A guest, reached through QEMU's guest agent by `virsh qemu-agent-command` on its host. A command is one round trip to the
 * host; more only where its output is above 512 KiB. Commands and inputs go by standard inputs all the way, never in argv.
 * In the guest it needs a POSIX sh, coreutils or busybox, setsid, and /run.
 */
export class GuestAgentReach implements Reach {
  private readonly host: Reach;
  private readonly address: onHost.AgentAddress;
  private readonly lockPrefix: string;

  /** @param machine name of the guest, for messages */
  constructor(
    readonly machine: string,
    { host, domain, libvirtUri, answerSeconds = ANSWER_SECONDS }: GuestAgentOptions,
  ) {
    // virsh's prompt takes other characters for keys.
    if (!/^[\x21-\x7e]+$/.test(domain))
      throw new TypeError(`${machine}: ${JSON.stringify(domain)} is no domain's name`);
    this.host = host;
    this.address = { domain, libvirtUri, answerSeconds };
    this.lockPrefix = `guest-${domain.replace(/[^A-Za-z0-9._-]/g, (char) => `_${char.charCodeAt(0).toString(16)}`)}`;
  }

  run(script: string, options: RunOptions): Promise<RunResult> {
    return this.command(scriptOf(script), "sh", options);
  }

  runProgram(argv: readonly [string, ...string[]], options: RunOptions): Promise<RunResult> {
    return this.command(programScriptOf(argv), argv[0], options);
  }

  /** A lock of the host: the agent has no streams that would end with its holder. */
  lock(name: string, options: LockOptions): Promise<Lock> {
    return this.host.lock(`${this.lockPrefix}-${name}`, options);
  }

  /** The host is its owner's to close. */
  async close(): Promise<void> {}

  /**
   * Asks the agent whether it is there.
   * @throws AgentError where it does not answer
   */
  async ping(options: { signal: AbortSignal; name: string }): Promise<void> {
    await this.onHost(onHost.ping(this.address), { ...options, timeoutMs: AROUND_MS });
  }

  private async command(script: string, program: string, options: RunOptions): Promise<RunResult> {
    const { signal, name, timeoutMs, input = "" } = options;
    if (signal.aborted) throw this.cancelled(options);
    const run = randomBytes(8).toString("hex");
    const directory = directoryOf(run);
    const { payload, args } = payloadOf(script, input, timeoutMs);
    const toHost =
      payload.length <= onHost.CHUNK
        ? onHost.execWithInput(this.address, START, [directory, ...args], payload)
        : onHost.uploadAndExec(this.address, directory, args, payload);
    const limit = { signal, name, timeoutMs: timeoutMs + AROUND_MS + payload.length / SLOWEST };
    let kept = true;
    try {
      const report = reportOf((await this.onHost(toHost, limit)).toString());
      if (typeof report === "string") throw this.error(options, "start", `the guest's shell said: ${report}`);
      kept = report.length > report.stdout.length;
      this.judge(report, program, options);
      const { exitCode, stderr } = report;
      const stdout = kept ? await this.readOutput(`${directory}/out`, report.length, limit) : report.stdout;
      if (kept) await this.clear(REMOVE, directory);
      return { exitCode, stdout, stderr };
    } catch (error) {
      if (!kept || !mayRun(error) || (await this.clear(CANCEL, directory)) || error.phase !== "cancelled") throw error;
      throw this.cancelled(options, `. It may still run: ${this.machine} did not confirm its end`);
    }
  }

  private judge({ why, startCode, length, stderr }: Report, program: string, options: RunOptions): void {
    if (why === "timeout") throw this.late(options, program);
    if (why === "cancelled") throw this.cancelled(options);
    if (why === "output" || length > MAX_STDOUT) {
      throw this.error(options, "output", `${program} printed more than ${MAX_STDOUT / 1048576} MiB and was ended`);
    }
    if (why === "unstarted") {
      throw this.error(options, "start", `nothing can be started in a session of its own: ${stderr.trim()}`);
    }
    if (startCode === 127) {
      throw this.error(options, "start", `there is no program ${program}; install it or put it on PATH`);
    }
    if (startCode !== undefined) {
      throw this.error(options, "start", `${program} could not be started: ${stderr.trim()}`);
    }
  }

  private async readOutput(path: string, length: number, limit: RunOptions): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let offset = 0; offset < length; offset += PART) {
      const part = onHost.readPart(this.address, path, offset, Math.min(PART, length - offset));
      parts.push(bytesOf((await this.onHost(part, { ...limit, timeoutMs: AROUND_MS + PART / SLOWEST })).toString()));
    }
    const output = Buffer.concat(parts);
    if (output.length !== length) {
      throw this.error(limit, "lost", `${output.length} of ${length} bytes of its output came back`);
    }
    return output;
  }

  /** Ends what is left of a run; whether it did. The run's own outcome is what counts, so a failure here is not one. */
  private async clear(script: string, directory: string): Promise<boolean> {
    const limit = { signal: new AbortController().signal, timeoutMs: AROUND_MS / 4, name: "end a command" };
    return this.onHost(onHost.exec(this.address, script, [directory]), limit).then(
      () => true,
      () => false,
    );
  }

  /** Runs a script on the host; errors of the host itself name it and pass through. */
  private async onHost({ script, input }: onHost.HostScript, options: RunOptions): Promise<Buffer> {
    const { signal, timeoutMs, name } = options;
    const plain = { signal, timeoutMs, name };
    let result: RunResult;
    try {
      result = await this.host.run(script, input === undefined ? plain : { ...plain, input });
    } catch (error) {
      if (error instanceof ReachError && error.phase === "cancelled") throw this.cancelled(options);
      if (error instanceof ReachError && error.phase === "timeout") {
        const reason = `the guest agent did not bring it to an end within ${timeoutMs / 1000} s; see what keeps ${this.machine}`;
        throw this.error(options, "timeout", reason);
      }
      throw error;
    }
    if (result.exitCode === 0) return result.stdout;
    throw failureOf(this.machine, this.host, name, result);
  }

  private error({ name }: RunOptions, phase: ReachError["phase"], reason: string): ReachError {
    return new ReachError(this.machine, name, phase, reason);
  }

  private cancelled({ name, signal }: RunOptions, more = ""): ReachError {
    return cancelled(this.machine, name, signal, more);
  }

  private late(options: RunOptions, program: string): ReachError {
    const reason = `took longer than ${options.timeoutMs / 1000} s and was ended; see what keeps ${program} on ${this.machine}`;
    return this.error(options, "timeout", reason);
  }
}

/** Whether a failed run may have left something in a guest that still answers. */
const mayRun = (error: unknown): error is ReachError =>
  error instanceof ReachError && ["cancelled", "timeout", "lost", "start"].includes(error.phase);
