import type { TLSSocket } from "node:tls";
import type { BmcAccess } from "./access";

/** What OpenSSL and Node.js call the reasons that users meet (openssl-verification-options(1), node errors). */
const REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its CA is not among the trusted ones",
  UNABLE_TO_GET_ISSUER_CERT: "its CA is not among the trusted ones",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its CA is not among the trusted ones",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its CA is not among the trusted ones",
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet; see whether the clocks are right",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is for another name than that of the address",
};

/** Why the certificate that a BMC shows is not accepted, and what to do; undefined where it is. Nothing was sent yet. */
export function certificateProblem(socket: TLSSocket, access: BmcAccess): string | undefined {
  if (!access.verifyCertificate) return undefined;
  const seen = socket.getPeerCertificate().fingerprint256 ?? "none";
  const { certificateSha256: pinned } = access;
  if (pinned !== undefined) {
    if (plain(pinned) === plain(seen)) return undefined;
    return `its certificate is not the one of bmc.certificateSha256 (${pinned}): it shows the SHA-256 fingerprint ${seen}. Another device may answer in its place, so the password was not sent; when its administrator confirms the new certificate, set bmc.certificateSha256 to that fingerprint`;
  }
  if (socket.authorized) return undefined;
  // Typed as an error; Node.js has its code or message here.
  const code = String(socket.authorizationError);
  return `its certificate is not trusted: ${REASONS[code] ?? code}. The password was not sent. The certificate has the SHA-256 fingerprint ${seen}: when its administrator confirms that, set bmc.certificateSha256 to it; or give the CA that signed it as bmc.caCertificates`;
}

const plain = (fingerprint: string): string => fingerprint.replaceAll(":", "").toLowerCase();
