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
        "SHA-256 fingerprint of the one certificate to accept, for BMCs with a certificate of their own; without it the certificate must be valid for the address by the CAs that Node.js trusts",
      ),
  })
  .meta({ id: "BmcAccess", description: "Redfish service of a machine's BMC" });
