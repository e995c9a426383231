import type { Place } from "./machine-plan";

/**
 * Slots of pcie.0 that expander bridges take. 0x00 is QEMU's host bridge and 0x1f its chipset; 0x01 to 0x08 are for the
 * devices that a lab host has besides the host file: boot disk, management NIC, serial port.
 */
export const EXPANDER_SLOTS = { first: 0x09, last: 0x1e } as const;
/** Slots of pcie.0 that are free for devices besides the host file's. */
export const FREE_SLOTS = { first: 0x01, last: 0x08 } as const;

const SLOTS = EXPANDER_SLOTS.last - EXPANDER_SLOTS.first + 1;
const FUNCTIONS = 8;
/** Most root complexes that there is a place for. */
export const MAX_ROOTS = SLOTS * FUNCTIONS;

/** Places of expander bridges: a slot each while there are enough, else eight to a slot. */
export function expanderPlaces(roots: number): Place[] {
  const perSlot = roots <= SLOTS ? 1 : FUNCTIONS;
  return Array.from({ length: roots }, (_, index) => ({
    slot: EXPANDER_SLOTS.first + Math.floor(index / perSlot),
    function: index % perSlot,
  }));
}
