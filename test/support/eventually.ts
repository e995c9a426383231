import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something holds; fails where it does not within that many milliseconds. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
  limitMs = 10_000,
): Promise<void> {
  const limit = performance.now() + limitMs;
  while (!(await holds())) {
    assert.ok(performance.now() < limit, `${what}: not within ${limitMs / 1000} s`);
    await sleep(20);
  }
}
