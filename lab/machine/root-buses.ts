/** A root complex's own bus number on the host, and how many buses it needs, its root bus included. */
export interface BusNeed {
  readonly hostBus: number;
  readonly buses: number;
}

/** Buses of a PCI domain (8-bit bus number). */
export const BUSES = 256;
/** Bus 0 is QEMU's own root bus. */
const FIRST = 1;

/**
 * Root bus number of each root complex: the host's own where the range below it is free, so that most addresses are the
 * host's; else the lowest gap that is wide enough; where the gaps are too narrow, one after the other in the host's
 * order. Undefined where 256 buses are not enough.
 */
export function rootBuses(needs: readonly BusNeed[]): number[] | undefined {
  const order = needs.map((_, index) => index).sort((a, b) => hostBus(needs, a) - hostBus(needs, b));
  return inPlace(needs, order) ?? oneAfterTheOther(needs, order);
}

function inPlace(needs: readonly BusNeed[], order: readonly number[]): number[] | undefined {
  const buses = new Array<number | undefined>(needs.length);
  const moved: number[] = [];
  let free = FIRST;
  for (const index of order) {
    const { hostBus: own, buses: count } = needs[index] as BusNeed;
    if (own < free || own + count > BUSES) {
      moved.push(index);
    } else {
      buses[index] = own;
      free = own + count;
    }
  }
  for (const index of moved) {
    const gap = lowestGap(needs, buses, (needs[index] as BusNeed).buses);
    if (gap === undefined) return undefined;
    buses[index] = gap;
  }
  return buses as number[];
}

function lowestGap(needs: readonly BusNeed[], buses: readonly (number | undefined)[], count: number) {
  const taken = buses
    .flatMap((bus, index) => (bus === undefined ? [] : [{ bus, end: bus + (needs[index] as BusNeed).buses }]))
    .sort((a, b) => a.bus - b.bus);
  let start = FIRST;
  for (const { bus, end } of taken) {
    if (start + count <= bus) return start;
    start = end;
  }
  return start + count <= BUSES ? start : undefined;
}

function oneAfterTheOther(needs: readonly BusNeed[], order: readonly number[]): number[] | undefined {
  const buses = new Array<number>(needs.length);
  let next = FIRST;
  for (const index of order) {
    buses[index] = next;
    next += (needs[index] as BusNeed).buses;
  }
  return next <= BUSES ? buses : undefined;
}

function hostBus(needs: readonly BusNeed[], index: number): number {
  return (needs[index] as BusNeed).hostBus;
}
