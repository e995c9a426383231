import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What `openssl req` puts into a BMC's self-signed certificate; a client on this machine reaches it by these names. */
function extensions(name: string): string[] {
  return [
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature",
    "extendedKeyUsage=serverAuth",
    `subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost${isDnsName(name) ? `,DNS:${name}` : ""}`,
  ];
}

const isDnsName = (name: string): boolean => /^[0-9A-Za-z]([0-9A-Za-z.-]{0,251}[0-9A-Za-z])?$/.test(name);

/** The certificate kept in these files, made with the `openssl` program where there is none. */
export function certificateIn(certificateFile: string, keyFile: string, name: string): Certificate {
  if (!existsSync(certificateFile) || !existsSync(keyFile)) makeCertificate(certificateFile, keyFile, name);
  return { cert: readFileSync(certificateFile, "utf8"), key: readFileSync(keyFile, "utf8") };
}

/** Makes a new key and certificate in place of what these files hold. */
export function makeCertificate(certificateFile: string, keyFile: string, name: string): void {
  const subject = isDnsName(name) && name.length <= 64 ? name : "bmc";
  const command = [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-sha256", "-days", "3650"],
    ...["-subj", `/O=pulumi-gpudirect lab/CN=${subject}`, "-keyout", keyFile, "-out", certificateFile],
    ...extensions(name).flatMap((extension) => ["-addext", extension]),
  ];
  try {
    // openssl creates key files with mode 0600 itself; chmod covers a file that was there before.
    execFileSync("openssl", command, { stdio: ["ignore", "ignore", "pipe"] });
    chmodSync(keyFile, 0o600);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: Buffer };
    throw new Error(
      `openssl could not make the BMC's certificate ${certificateFile}: ${stderr?.toString() || message}`,
    );
  }
}
