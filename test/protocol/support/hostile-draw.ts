/** Draws a whole number from 0 to below the given one. The same seed gives the same numbers. */
export type Draw = (below: number) => number;

/**
 * Draws of a seed (mulberry32). Not fast-check's: ten thousand inputs of hundreds of draws each take it minutes, and a
 * failing input is shown whole, so that there is nothing to shrink.
 */
export function draws(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export function oneOf<T>(draw: Draw, values: readonly T[]): T {
  if (values.length === 0) throw new Error("there is nothing to draw from");
  return values[draw(values.length)] as T;
}

export const chance = (draw: Draw, percent: number): boolean => draw(100) < percent;

/** A whole number of a range, both ends included. */
export const between = (draw: Draw, least: number, most: number): number => least + draw(most - least + 1);
