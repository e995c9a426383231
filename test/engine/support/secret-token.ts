import { randomBytes } from "node:crypto";

/** A secret of a test, with a part that is in nothing else and that no encoding of texts changes. */
export interface SecretToken {
  /** What it is, for messages. */
  readonly title: string;
  readonly text: string;
  /** The part that no encoding of texts changes. */
  readonly core: string;
  /** Every text that gives it away, in the form of bytes as latin1, by encoding. */
  readonly forms: ReadonlyMap<string, string>;
}

/** A random secret whose plain, base64 and URL-encoded forms all differ. */
export function randomToken(title: string): SecretToken {
  const core = randomBytes(16).toString("hex");
  const text = `s3cr/et+%&"=ß ${core}>?~`;
  return { title, text, core, forms: new Map([...formsOf(text, "whole"), ...formsOf(core, "random part")]) };
}

/** A secret that somebody else has drawn, of characters that no encoding of texts changes. */
export const givenToken = (title: string, text: string): SecretToken => ({
  title,
  text,
  core: text,
  forms: formsOf(text, "whole"),
});

/** The lines of a private key in OpenSSH's format, and the key itself as it lies in memory. */
export function keyTokens(title: string, key: string): SecretToken[] {
  const lines = key.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  // The first line is the same in every such key: a header and the names of algorithms.
  const bodies = lines.slice(1).map((line, index) => ({
    title: `${title}, line ${index + 2}`,
    text: line,
    core: line,
    forms: formsOf(line, "line"),
  }));
  const seed = seedOf(Buffer.from(lines.join(""), "base64"));
  const core = seed.toString("latin1");
  return [...bodies, { title: `${title}, seed`, text: core, core, forms: bytesForms(seed, "seed") }];
}

/** The private seed of an Ed25519 key: 32 bytes in front of the second copy of the public key (OpenSSH, PROTOCOL.key). */
function seedOf(bytes: Buffer): Buffer {
  const name = Buffer.from("ssh-ed25519");
  const publicKey = bytes.indexOf(name) + name.length + 4;
  const own = bytes.subarray(publicKey, publicKey + 32);
  return bytes.subarray(bytes.lastIndexOf(own) - 32, bytes.lastIndexOf(own));
}

function formsOf(text: string, part: string): Map<string, string> {
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text);
  const texts = {
    plain: text,
    json,
    "json in json": JSON.stringify(json).slice(1, -1),
    // Go's encoding/json escapes these too.
    "json of Go": json.replace(/[&<>]/g, (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`),
    URL: url,
    "URL query": url.replaceAll("%20", "+"),
    "URL in lower case": url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  };
  const found = new Map<string, string>();
  for (const [name, form] of Object.entries(texts)) found.set(`${part}, ${name}`, Buffer.from(form).toString("latin1"));
  for (const [name, form] of bytesForms(Buffer.from(text), part)) found.set(name, form);
  return found;
}

/** Base64 at each of the three places where bytes may begin in a longer text, and hexadecimal. */
function bytesForms(bytes: Buffer, part: string): Map<string, string> {
  const found = new Map([
    [`${part}, bytes`, bytes.toString("latin1")],
    [`${part}, hexadecimal`, bytes.toString("hex")],
  ]);
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    for (const alphabet of ["base64", "base64url"] as const) {
      // Only whole groups of three bytes look the same whatever stands around them.
      const from = shift === 0 ? 0 : 3;
      const whole = shifted.subarray(from, shifted.length - (shifted.length % 3));
      found.set(`${part}, ${alphabet} at ${shift}`, whole.toString(alphabet));
    }
  }
  return found;
}

/** Which secrets a text gives away: `ssh password (whole, URL)`. The text is bytes as latin1. */
export function secretsIn(text: string, tokens: readonly SecretToken[]): string[] {
  return tokens.flatMap(({ title, forms }) =>
    [...forms].filter(([, form]) => text.includes(form)).map(([name]) => `${title} (${name})`),
  );
}

/** The same with what stands before each, one form of each secret, for messages. */
export function exposedIn(text: string, tokens: readonly SecretToken[]): string[] {
  return tokens.flatMap(({ title, forms }) => {
    const [first] = [...forms].filter(([, form]) => text.includes(form));
    if (!first) return [];
    const [name, form] = first;
    const at = text.indexOf(form);
    return [`${title} (${name}) after …${text.slice(Math.max(0, at - 160), at)}`];
  });
}
