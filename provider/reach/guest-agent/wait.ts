import { setTimeout as delay } from "node:timers/promises";
import { cancelled } from "../cancelled";
import { ReachError } from "../reach";
import { AgentError } from "./failure";
import type { GuestAgentReach } from "./guest-agent-reach";

const POLL_MS = 250;
const TASK = "wait for the guest agent";

/** How long to wait for an agent, and what is told meanwhile. */
export interface WaitOptions {
  /** Longest wait, in seconds. */
  readonly seconds: number;
  /** Seconds that the boot is expected to take; only shown. */
  readonly expected: number;
  /** Takes a line on where the wait stands. */
  readonly status: (message: string) => void;
  /** Ends the wait, when aborted. */
  readonly signal: AbortSignal;
}

/**
 * Waits until the guest's agent answers.
 * @throws ReachError where it does not in time, or never can: there is no such domain, or it has no agent's channel
 */
export async function waitUntilAnswers(reach: GuestAgentReach, options: WaitOptions): Promise<void> {
  const { seconds, expected, status, signal } = options;
  const started = Date.now();
  for (;;) {
    const elapsed = Math.round((Date.now() - started) / 1000);
    try {
      return await reach.ping({ signal, name: TASK });
    } catch (error) {
      if (!(error instanceof AgentError && error.mayPass)) throw error;
      if (elapsed >= seconds) {
        const reason = `it did not answer within ${seconds} s (${error.reason}); see whether the guest boots and runs qemu-guest-agent`;
        throw new ReachError(reach.machine, TASK, "timeout", reason, { cause: error });
      }
    }
    status(`waiting for the guest agent, ${elapsed} s of about ${expected} s`);
    await delay(POLL_MS, undefined, { signal }).catch(() => {
      throw cancelled(reach.machine, TASK, signal);
    });
  }
}
