import { showing } from "../../../lab/commands/progress";
import type { Scratch } from "./scratch";

/** Runs of one thing: what the good ones took, and why the others failed. */
export interface Series {
  readonly wanted: number;
  readonly seconds: readonly number[];
  readonly failures: readonly string[];
}

/**
 * Runs it so many times, one after the other, with progress on standard error. A failed run does not end the series.
 * @param one one run; what it took in seconds
 */
export async function series(
  scratch: Scratch,
  what: string,
  wanted: number,
  expectedSeconds: number,
  one: () => Promise<number>,
): Promise<Series> {
  const seconds: number[] = [];
  const failures: string[] = [];
  for (let run = 1; run <= wanted; run++) {
    const phase = `${what}, ${run} of ${wanted}`;
    await scratch
      .unlessStopped(() => showing(phase, expectedSeconds, one()))
      .then(
        (taken) => seconds.push(taken),
        (error: Error) => failures.push(`${phase}: ${error.message}`),
      );
  }
  return { wanted, seconds, failures };
}

/** Seconds that something takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
