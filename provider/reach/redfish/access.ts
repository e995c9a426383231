/** How the Redfish service of a BMC is reached. Checked by provider/inventory/bmc-shape.ts. */
export interface BmcAccess {
  /** URL of the service; what follows the port does not matter. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  /** Fingerprint of the one certificate to accept, in hexadecimal, with or without colons. */
  readonly certificateSha256?: string | undefined;
  /** PEM text of the CAs to trust in place of those that Node.js trusts. */
  readonly caCertificates?: string | undefined;
  /** False: any certificate is accepted. */
  readonly verifyCertificate: boolean;
}
