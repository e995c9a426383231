import { setTimeout as sleep } from "node:timers/promises";

/** Waits; false where it was ended before. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
