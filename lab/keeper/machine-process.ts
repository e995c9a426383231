import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { logSince } from "../host/log-tail";
import { Qmp } from "./qmp";

const QEMU = "qemu-system-x86_64";
/** Long: a machine that goes on from a snapshot reads its memory before it answers. */
const MONITOR_LIMIT_MS = 180_000;
const POLL_MS = 20;

/** Why QEMU ended: what the operating system asked for, or that the process died. */
export type MachineEnd = "reset" | "power-off" | "died";

export interface MachineStart {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Socket of QEMU's monitor, as the arguments say it. */
  readonly monitor: string;
  /** Receives QEMU's own messages. */
  readonly log: string;
}

/** One start of the simulated machine. Every reset, also a warm one, is a new process: firmware builds the machine anew. */
export class MachineProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<MachineEnd>;
  #killed = false;

  private constructor(
    child: ChildProcess,
    readonly qmp: Qmp,
    ended: Promise<MachineEnd>,
  ) {
    this.#child = child;
    this.#ended = ended;
  }

  /** @throws Error with QEMU's own messages where it does not start */
  static async start({ args, env, monitor, log }: MachineStart): Promise<MachineProcess> {
    const said = logSince(log);
    const output = openSync(log, "a", 0o600);
    // The machine ends with its keeper, however that ends.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", QEMU, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    let failure: Error | undefined;
    child.on("error", (error) => {
      failure = error;
    });
    const exited = new Promise<void>((resolve) => child.once("close", () => resolve()).once("error", () => resolve()));
    const limit = performance.now() + MONITOR_LIMIT_MS;
    let qmp: Qmp | undefined;
    while (!qmp) {
      const left = limit - performance.now();
      if (failure || hasEnded(child) || left <= 0) {
        child.kill("SIGKILL");
        await exited;
        const late = left <= 0 ? `: its monitor did not answer within ${MONITOR_LIMIT_MS / 1000} s` : "";
        throw new Error(`QEMU did not start${failure ? `: ${failure.message}` : late}\n${said()}`);
      }
      if (existsSync(monitor)) qmp = await Qmp.connect(monitor, left).catch(() => undefined);
      if (!qmp) await sleep(POLL_MS);
    }
    return new MachineProcess(child, qmp, watch(qmp, exited));
  }

  /** Settles when the operating system reset the machine or switched it off, or the process died. */
  get ended(): Promise<MachineEnd> {
    return this.#ended;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Whether the end was ours. */
  get killed(): boolean {
    return this.#killed;
  }

  /** A power cut: nothing is flushed or closed by the guest. Resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#killed = true;
    if (!hasEnded(this.#child)) {
      const gone = new Promise<void>((resolve) => this.#child.once("close", () => resolve()));
      this.#child.kill("SIGKILL");
      await gone;
    }
    this.qmp.close();
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** QEMU is started so that it stays, stopped, after a reset or power-off by the guest: the event is never lost. */
function watch(qmp: Qmp, exited: Promise<void>): Promise<MachineEnd> {
  return new Promise((resolve) => {
    qmp.on("event", ({ event, data }) => {
      // guest-reset, and the reset of who has QEMU's monitor (QEMU qapi/run-state.json, ShutdownCause).
      if (event === "SHUTDOWN") resolve(String(data?.reason).endsWith("-reset") ? "reset" : "power-off");
    });
    // What happened before QEMU took us for a listener came without an event.
    void qmp.execute("query-status").then(
      (found) => (found as { status: string }).status === "shutdown" && resolve("reset"),
      () => {},
    );
    void exited.then(() => resolve("died"));
  });
}
