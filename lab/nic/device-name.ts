/** A card's function that a user can name. */
export interface NamedFunction {
  /** "0000:19:00.0" */
  readonly address: string;
  /** The number in /dev/mst names. */
  readonly softwareId: number;
}

const SHORT = /^[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
const LONG = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
const MST = /^\/dev\/mst\/mt(\d+)_pciconf(\d+)(?:\.([0-7]))?$/;

/**
 * The address that a device argument means: an address with or without its domain, or a name as the MST driver gives
 * them: /dev/mst/mt4129_pciconf0, the cards of one kind in the order of their addresses, `.1` the second function.
 */
export function addressOf(name: string, functions: readonly NamedFunction[]): string | undefined {
  const lower = name.toLowerCase();
  if (LONG.test(lower)) return lower;
  if (SHORT.test(lower)) return `0000:${lower}`;
  const [, id, index, fn = "0"] = MST.exec(name) ?? [];
  if (id === undefined) return undefined;
  const slots = functions
    .filter(({ softwareId }) => softwareId === Number(id))
    .map(({ address }) => address.slice(0, address.lastIndexOf(".")));
  const slot = [...new Set(slots)].sort()[Number(index)];
  return slot === undefined ? undefined : `${slot}.${fn}`;
}
