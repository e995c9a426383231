/** Shorter secrets are left: replacing every "a" would make messages unreadable and hide nothing. */
const SHORTEST = 4;
/** Shorter lines of a secret are left: they may be words of their own. */
const SHORTEST_LINE = 16;
/** First and last line of every key in PEM format (RFC 7468, 3). */
const ARMOUR = /^-----(?:BEGIN|END) [A-Z0-9 ]+-----$/;

/** The texts that give a secret away: itself, its long lines, and each of them as JSON, base64 and URLs write them. */
export function formsOf(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  const long = lines.filter((line) => line.length >= SHORTEST_LINE && !ARMOUR.test(line));
  return [secret, ...long].filter((text) => text.length >= SHORTEST).flatMap(encodings);
}

function encodings(text: string): string[] {
  // Lone surrogates have no UTF-8 form.
  const bytes = Buffer.from(text, "utf8");
  const base64 = bytes.toString("base64").replace(/=+$/, "");
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    base64,
    bytes.toString("base64url"),
    encodeURIComponent(bytes.toString("utf8")),
  ];
}
