/** What work on a guest has cost. */
export interface Cost {
  readonly trips: number;
  readonly ms: number;
}

/** Counts the round trips of work, which calls `onTrip` for each. */
export async function costOf<T>(work: (onTrip: () => void) => Promise<T>): Promise<Cost & { readonly result: T }> {
  let trips = 0;
  const begun = performance.now();
  const result = await work(() => {
    trips += 1;
  });
  return { trips, ms: performance.now() - begun, result };
}

export const sum = (costs: readonly Cost[]): Cost => ({
  trips: costs.reduce((all, { trips }) => all + trips, 0),
  ms: costs.reduce((all, { ms }) => all + ms, 0),
});
