import { generateKeyPairSync } from "node:crypto";

/** Keys in the formats that users paste. */

const { privateKey, publicKey } = generateKeyPairSync("ed25519");

const field = (content: string | Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(content));
  return Buffer.concat([length, Buffer.from(content)]);
};

const wrapped = (label: string, bytes: Buffer): string => {
  const lines = bytes.toString("base64").match(/.{1,70}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
};

/** The head of OpenSSH's format (PROTOCOL.key) is what tells an encrypted key from a plain one. */
const openssh = (cipher: string): string =>
  wrapped("OPENSSH PRIVATE KEY", Buffer.concat([Buffer.from("openssh-key-v1\0"), field(cipher), Buffer.alloc(200, 7)]));

const blob = Buffer.concat([field("ssh-ed25519"), field(Buffer.alloc(32, 5))]).toString("base64");

export const keys = {
  plain: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  openssh: openssh("none"),
  encrypted: privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString(),
  encryptedOpenssh: openssh("aes256-ctr"),
  encryptedRfc1421: [
    "-----BEGIN RSA PRIVATE KEY-----",
    "Proc-Type: 4,ENCRYPTED",
    "DEK-Info: AES-128-CBC,00",
    "",
    "AAAA",
    "-----END RSA PRIVATE KEY-----",
  ].join("\n"),
  publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  putty: "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n",
  host: `ssh-ed25519 ${blob}`,
  /** Says that it is of another type than it is. */
  mixedUpHost: `ssh-rsa ${blob}`,
  /** A CA of a hundred years, which signs nothing: its key was thrown away. */
  certificate: [
    "-----BEGIN CERTIFICATE-----",
    "MIIBejCCASGgAwIBAgIUK/61PeEKntPdirhUlz10FAKlslMwCgYIKoZIzj0EAwIw",
    "EjEQMA4GA1UEAwwHdGVzdCBDQTAgFw0yNjExMjExMjQxNTdaGA8yMTI2MTAyODEy",
    "NDE1N1owEjEQMA4GA1UEAwwHdGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH",
    "A0IABJxO4k4pIz1I3MgqA6LnKtT71Wbsaxh65Hrul29bP8gpzsZu1Unkx8S7+I/b",
    "QZn2pi2QkwpGfA+343CNZYfW9XyjUzBRMB0GA1UdDgQWBBTUIygowLWXglJX/+Pj",
    "W772rJAq1jAfBgNVHSMEGDAWgBTUIygowLWXglJX/+PjW772rJAq1jAPBgNVHRMB",
    "Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIHTIrErcVPGpT2Ue5G06dCWyJSuw",
    "PsHSxmh1jUvQlpF6AiBhQQFpjI42o+EIhOiTBqputtdTWV8/oSozE3On8nzVAw==",
    "-----END CERTIFICATE-----",
  ].join("\n"),
};
