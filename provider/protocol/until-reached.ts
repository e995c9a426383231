import { setTimeout as delay } from "node:timers/promises";
import { ReachError } from "../reach/reach";
import type { ResourceContext } from "./definition";

/** Longest wait for a machine that was started a moment ago, and how often it is asked. */
const WAIT_S = 120;
const POLL_MS = 1000;

type Waiting = Pick<ResourceContext, "status" | "signal" | "machine">;

/** Runs work that begins with a look; again while the machine does not answer yet, for two minutes at most. */
export async function untilReached<T>(
  { status, signal, machine }: Waiting,
  mayTryAgain: () => boolean,
  work: () => Promise<T>,
): Promise<T> {
  const started = Date.now();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const elapsed = Math.round((Date.now() - started) / 1000);
      const isAway = error instanceof ReachError && error.phase === "connect";
      if (!isAway || elapsed >= WAIT_S || !mayTryAgain()) throw error;
      status(`waiting for ${machine.name} to answer, ${elapsed} s of at most ${WAIT_S} s`);
      await delay(POLL_MS, undefined, { signal });
    }
  }
}
