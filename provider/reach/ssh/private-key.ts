const OPENSSH = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/;
const MAGIC = Buffer.from("openssh-key-v1\0");

/** Whether a passphrase protects a private key, in OpenSSH's format (PROTOCOL.key) or PEM (RFC 1421, RFC 7468). */
export function isEncrypted(key: string): boolean {
  const body = OPENSSH.exec(key)?.[1];
  if (body === undefined) return /^Proc-Type:.*ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY/m.test(key);
  const bytes = Buffer.from(body, "base64");
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC) || bytes.length < MAGIC.length + 4) return false;
  const start = MAGIC.length + 4;
  const cipher = bytes.subarray(start, start + bytes.readUInt32BE(MAGIC.length)).toString("latin1");
  return cipher !== "none";
}

/** A key as ssh-add reads it: with the newlines that copying has changed or cut off. */
export function normalized(key: string): string {
  return `${key.replace(/\r\n?/g, "\n").trim()}\n`;
}
