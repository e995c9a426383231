import { isEncrypted } from "../reach/ssh/private-key";

const PRIVATE = /^-----BEGIN (?:[A-Z0-9]+ )?PRIVATE KEY-----\s[\s\S]*-----END (?:[A-Z0-9]+ )?PRIVATE KEY-----$/;
const PUBLIC = /^(?:ssh-|ecdsa-|sk-)\S+ AAAA|^-----BEGIN (?:[A-Z0-9]+ )?PUBLIC KEY-----|^---- BEGIN SSH2 PUBLIC KEY/;

/** What is wrong with the text of a private key, without a word of it; undefined where ssh-add can read it. */
export function privateKeyProblem(given: string): string | undefined {
  const text = given.trim();
  if (PUBLIC.test(text)) return "is a public key; give the private one, from the file without .pub";
  if (text.startsWith("PuTTY-User-Key-File")) {
    return "is in PuTTY's format; export it as OpenSSH key: puttygen KEY.ppk -O private-openssh-new -o KEY";
  }
  if (/^(?:~|\.{0,2})\/\S+$/.test(text))
    return "is a path; give the text of the file, such as readFileSync(path, 'utf8')";
  if (isEncrypted(text)) {
    return "is protected by a passphrase; give a copy without (ssh-keygen -p), or leave it out and load the key into the ssh agent";
  }
  if (!PRIVATE.test(text)) {
    return 'must be a whole private key in OpenSSH or PEM format, from "-----BEGIN" to "-----END … KEY-----"';
  }
  return undefined;
}

/**
 * What is wrong with a public host key; undefined where it is "TYPE BASE64", perhaps with a comment. The name of the type
 * is repeated within the base64 (RFC 4253, 6.6), so a key that was cut or mixed up shows.
 */
export function hostKeyProblem(text: string): string | undefined {
  const expected =
    'must be a public host key like "ssh-ed25519 AAAA…", as ssh-keyscan prints it, without the host\'s name';
  const [, type, body] = /^([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?: [^\r\n]*)?$/.exec(text) ?? [];
  if (type === undefined || body === undefined) return expected;
  const bytes = Buffer.from(body, "base64");
  if (bytes.length < 4) return expected;
  const length = bytes.readUInt32BE(0);
  return bytes.subarray(4, 4 + length).toString("latin1") === type && bytes.length > 4 + length ? undefined : expected;
}
