import type { HostReading } from "./host-reading";

/**
 * What waits for a boot on a host's adapters, whoever has set it: `0000:19:00.0 ATS_ENABLED: 1 → 0`, one line a
 * parameter. An adapter that was not asked, or could not be, is told as such. Of arrays the elements are not known.
 */
export function waitingParameters({ cards, holders }: HostReading): string[] {
  const waiting = [...cards].flatMap(([address, { query, error }]) => {
    if (query === undefined) return [`${address}, perhaps: its parameters could not be read: ${error}`];
    return [...query.parameters]
      .filter(([, { current, next }]) => current.value !== next.value)
      .map(([name, { current, next }]) => `${address} ${name}: ${current.value} → ${next.value}`);
  });
  return [...waiting, ...[...holders].map(([address, holder]) => `${address}, perhaps: ${holder} holds it`)];
}
