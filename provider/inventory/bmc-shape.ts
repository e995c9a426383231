import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { problemIf } from "./refine";
import { password } from "./ssh-shape";

/** Addresses that no packet leaves this machine for. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function redfishProblem(text: string): string | undefined {
  const expected = 'must be the https URL of the Redfish service, such as "https://10.0.0.7"';
  if (/\s/.test(text) || !URL.canParse(text)) return expected;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    return "must hold no user or password; they go into user and password";
  if (url.search !== "" || url.hash !== "") return expected;
  if (url.protocol === "https:") return undefined;
  if (url.protocol !== "http:") return expected;
  if (LOOPBACK.test(url.hostname)) return undefined;
  return "must begin with https: by http the password would cross the network in plain; http is for loopback addresses";
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What is wrong with a text of CA certificates; undefined where Node.js can read all of them. */
function certificatesProblem(text: string): string | undefined {
  if (/^(?:~|\.{0,2})\/\S+$/.test(text.trim()))
    return "is a path; give the text of the file, such as readFileSync(path, 'utf8')";
  if (text.includes("PRIVATE KEY-----")) return "holds a private key; give certificates alone";
  const certificates = text.match(CERTIFICATE) ?? [];
  const begun = text.split("-----BEGIN").length - 1;
  if (certificates.length === 0 || begun !== certificates.length) {
    return 'must be certificates in PEM format, each whole, from "-----BEGIN CERTIFICATE-----" to "-----END CERTIFICATE-----"';
  }
  const wrong = certificates.findIndex((certificate) => !isReadable(certificate));
  return wrong < 0 ? undefined : `has as its certificate number ${wrong + 1} one that cannot be read; was it cut?`;
}

function isReadable(certificate: string): boolean {
  try {
    return new X509Certificate(certificate).fingerprint256 !== "";
  } catch {
    return false;
  }
}

interface Trust {
  readonly verifyCertificate: boolean;
  readonly certificateSha256?: string | undefined;
  readonly caCertificates?: string | undefined;
}

function trustProblem({ verifyCertificate, certificateSha256, caCertificates }: Trust): string | undefined {
  if (verifyCertificate || (certificateSha256 === undefined && caCertificates === undefined)) return undefined;
  const given = certificateSha256 === undefined ? "caCertificates" : "certificateSha256";
  return `has verifyCertificate false, which accepts any certificate, and ${given}, which names what to accept; leave one of the two out`;
}

/** The BMC: its Redfish service, which stays there when the machine is off. */
export const bmcAccess = z
  .strictObject({
    address: z
      .string()
      .max(2048)
      .superRefine(problemIf(redfishProblem))
      .describe("URL of the Redfish service, such as `https://10.0.0.7`; http only for loopback addresses"),
    user: z
      .string()
      .max(256)
      .regex(/^[^\s:\p{Cc}]+$/u, "must be a user name without blanks and colons")
      .describe("User of the BMC"),
    password: password.describe("Password of the user"),
    certificateSha256: z
      .string()
      .regex(
        /^(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$/,
        "must be a SHA-256 fingerprint: 64 hexadecimal digits, colons between bytes allowed",
      )
      .optional()
      .describe(
        "SHA-256 fingerprint of the one certificate to accept, for BMCs with a certificate of their own; then nothing else of it matters. Without it the certificate must be valid for the address by the CAs that Node.js trusts, or by caCertificates",
      ),
    caCertificates: z
      .string()
      .max(1024 * 1024)
      .superRefine(problemIf(certificatesProblem))
      .optional()
      .describe(
        "Certificates of the CAs to trust in place of those that Node.js trusts, in PEM format, one after another",
      ),
    verifyCertificate: z
      .boolean()
      .default(true)
      .describe("Whether the certificate is checked. Without that, whoever answers at the address gets the password"),
  })
  .superRefine(problemIf(trustProblem))
  .meta({ id: "BmcAccess", description: "Redfish service of a machine's BMC" });
