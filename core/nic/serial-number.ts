/** Tags of vital product data (PCI Local Bus Specification 3.0, appendix I): read-only fields, and the end of all. */
const READ_ONLY_FIELDS = 0x90;
const END = 0x78;

/**
 * The serial number (keyword SN) in a device's vital product data, given as bytes in hexadecimal, two digits each;
 * undefined where it has none, or where these are no such data.
 */
export function serialNumberIn(hexadecimal: string): string | undefined {
  const bytes = [...hexadecimal.matchAll(/[0-9a-f]{2}/gi)].map(([byte]) => Number.parseInt(byte, 16));
  for (let at = 0; at < bytes.length && bytes[at] !== END; ) {
    const tag = bytes[at] ?? 0;
    // The top bit says which form an item has: a length of 16 bits behind its tag, or one of 3 bits in it.
    const isLarge = tag >= 0x80;
    const start = at + (isLarge ? 3 : 1);
    const end = start + (isLarge ? (bytes[at + 1] ?? 0) + 256 * (bytes[at + 2] ?? 0) : tag & 7);
    if (tag === READ_ONLY_FIELDS) return fieldOf(bytes.slice(start, end), "SN");
    at = end;
  }
  return undefined;
}

/** A field is its keyword of two letters, one byte of length, and its text. */
function fieldOf(bytes: readonly number[], keyword: string): string | undefined {
  for (let at = 0; at + 3 <= bytes.length; ) {
    const start = at + 3;
    const end = start + (bytes[at + 2] ?? 0);
    if (textOf(bytes.slice(at, at + 2)) === keyword) return textOf(bytes.slice(start, end)) || undefined;
    at = end;
  }
  return undefined;
}

/** Printable characters; texts are filled up with spaces or zeros. */
const textOf = (bytes: readonly number[]): string =>
  String.fromCharCode(...bytes.filter((byte) => byte >= 0x20 && byte < 0x7f)).trim();
