import { PCIE0_BUSES } from "../domain/root-ports";

/** One PCI domain has 256 buses (PCI Express Base Specification, 8-bit bus number). */
const BUSES = 256;
/** Room is kept by rounding each range up; the roomiest rounding that fits is taken. */
const ROUNDINGS = [32, 16, 8, 4, 2, 1];

/**
 * Gives each expander bus its busNr: ranges in order, each rounded up so that a root complex may grow without moving
 * the ones after it. `needs` are buses per expander bus, itself included. Returns undefined when they do not fit.
 */
export function assignBusRanges(needs: readonly number[]): number[] | undefined {
  const rounding = ROUNDINGS.find((unit) => total(needs, unit) <= BUSES - PCIE0_BUSES);
  if (rounding === undefined) return undefined;
  let next = PCIE0_BUSES;
  return needs.map((need) => {
    const busNr = next;
    next += roundUp(need, rounding);
    return busNr;
  });
}

const roundUp = (need: number, unit: number): number => Math.ceil(need / unit) * unit;
const total = (needs: readonly number[], unit: number): number =>
  needs.reduce((sum, need) => sum + roundUp(need, unit), 0);
