import * as fc from "fast-check";

/** Draws a value while inputs are made; a failing run repeats and shrinks what was drawn. */
export type Draw = <T>(arbitrary: fc.Arbitrary<T>) => T;

const asIs = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> => arbitrary;

/** Values drawn one after the other, each knowing the ones before. */
export const draws: fc.Arbitrary<Draw> = fc.gen().map((next) => (arbitrary) => next(asIs, arbitrary));

export const oneOf = <T>(draw: Draw, values: readonly T[]): T => draw(fc.constantFrom(...values));

export const chance = (draw: Draw, percent: number): boolean => draw(fc.integer({ min: 0, max: 99 })) < percent;
