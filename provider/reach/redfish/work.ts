import { setTimeout as sleep } from "node:timers/promises";
import { whyCancelled } from "../cancelled";
import type { ReachPhase } from "../reach";
import type { Limits } from "./limits";
import type { BmcOptions } from "./redfish";
import { RedfishError } from "./redfish-error";
import type { Secrets } from "./secrets";

interface WorkParts {
  readonly machine: string;
  /** What is being done, for messages: "read the BIOS settings". */
  readonly task: string;
  readonly options: BmcOptions;
  readonly limits: Limits;
  readonly secrets: Secrets;
}

/** One reading or writing, with all its requests and waits: its time, its end by the user, its words. */
export class Work {
  /** Aborted when the user gives up, and when the time is over. */
  readonly signal: AbortSignal;
  private readonly ends: number;
  private trouble = "";

  constructor(private readonly parts: WorkParts) {
    const { options, limits } = parts;
    this.signal = AbortSignal.any([options.signal, AbortSignal.timeout(limits.totalMs)]);
    this.ends = Date.now() + limits.totalMs;
  }

  get machine(): string {
    return this.parts.machine;
  }

  get limits(): Limits {
    return this.parts.limits;
  }

  /** Work for the same asker that the user's giving up does not end: what must be put back. */
  cleanUp(): Work {
    const limits = { ...this.parts.limits, totalMs: this.parts.limits.cleanUpMs };
    return new Work({
      ...this.parts,
      limits,
      options: { ...this.parts.options, signal: new AbortController().signal },
    });
  }

  /** Waits before a request is sent again. @throws RedfishError where the time does not suffice */
  async pause(why: string, ms: number): Promise<void> {
    this.trouble = why;
    if (Date.now() + ms >= this.ends) throw this.late();
    const seconds = ms < 1000 ? "a moment" : `${Math.round(ms / 1000)} s`;
    this.parts.options.status?.(this.parts.secrets.hide(`${why}, asking again in ${seconds}`));
    await sleep(ms, undefined, { signal: this.signal }).catch(() => {
      throw this.ended();
    });
  }

  /** The error that says why this work did not come to its end. */
  fail(phase: ReachPhase, reason: string, options?: ErrorOptions): RedfishError {
    const { machine, task, secrets } = this.parts;
    return new RedfishError(machine, task, phase, secrets.hide(reason), options);
  }

  /** The error for a signal that was aborted. */
  ended(): RedfishError {
    const { signal } = this.parts.options;
    return signal.aborted ? this.fail("cancelled", whyCancelled(signal), { cause: signal.reason }) : this.late();
  }

  private late(): RedfishError {
    const why = this.trouble ? ` (at last: ${this.trouble})` : "";
    const limit = `the BMC was not done within ${this.parts.limits.totalMs / 1000} s${why}`;
    return this.fail("timeout", `${limit}; try again later, or reset the BMC where it stays so`);
  }
}
