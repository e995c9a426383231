/** Sizes of an interface's rings in descriptors. */
export interface Rings {
  readonly rx?: number;
  readonly tx?: number;
  readonly rxMax?: number;
  readonly txMax?: number;
}

/**
 * What `ethtool -g` printed of one interface: a block of maxima, then one of current sizes. A ring that the driver does not
 * have is `n/a` (or 0 of old versions), and one without ring sizes at all prints no block (ethtool rings.c, ethtool.c).
 */
export function parseRings(lines: readonly string[]): Rings {
  const found: Record<string, number> = {};
  let block = "";
  for (const line of lines) {
    if (/^Pre-set maximums:/.test(line)) block = "Max";
    else if (/^Current hardware settings:/.test(line)) block = "";
    const [, ring, value] = /^(RX|TX):\s+(\d+)\s*$/.exec(line) ?? [];
    if (ring !== undefined && Number(value) > 0) found[`${ring.toLowerCase()}${block}`] = Number(value);
  }
  return found;
}
