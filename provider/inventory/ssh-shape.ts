import { z } from "zod";
import { hostKeyProblem, privateKeyProblem } from "./key-text";
import { problemIf } from "./refine";

/** A value that begins with "-" would be an option of ssh, and shell characters would reach a ProxyCommand's shell. */
const HOST = /^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.+@\\-]*$/;
const HOP =
  /^(?:ssh:\/\/)?(?:[A-Za-z0-9_][A-Za-z0-9_.+\\-]*@)?(?:[A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?\])(?::\d{1,5})?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

function addressProblem(text: string): string | undefined {
  if (text === "") return "must not be empty";
  if (text.includes("@")) return "must be the address alone; the user goes into user";
  if (/^\[.*\]$/.test(text)) return "must be without brackets";
  if (/^[^:]+:\d+$/.test(text)) return "must be the address alone; the port goes into port";
  if (!HOST.test(text) || text.length > 255) {
    return 'must be a host name, an IP address or a Host of the ssh configuration: letters, digits, ".", "_", "-", ":", "%", and no "-" in front';
  }
  return undefined;
}

function passwordProblem(text: string): string | undefined {
  if (text === "") return "must not be empty";
  return CONTROL.test(text)
    ? "must hold no line breaks or other control characters; was it read from a file?"
    : undefined;
}

/** A password that goes to a prompt or into a header: a line break would end it. */
export const password = z.string().superRefine(problemIf(passwordProblem)).meta({ secret: true });

/** Shape of `SshAccess` (provider/reach/ssh/access.ts). */
export const sshAccess = z
  .strictObject({
    address: z
      .string()
      .superRefine(problemIf(addressProblem))
      .describe("Host name, IP address, or a `Host` of the ssh configuration"),
    port: z.int().min(1).max(65_535).optional().describe("TCP port; what the ssh configuration says, or 22"),
    user: z
      .string()
      .max(256)
      .regex(USER, 'must be a user name: letters, digits and "_.+@\\-", and no "-" in front')
      .optional()
      .describe("User to log in as; what the ssh configuration says, or the user who runs Pulumi"),
    privateKey: z
      .string()
      .superRefine(problemIf(privateKeyProblem))
      .meta({ secret: true })
      .optional()
      .describe(
        "Private key in OpenSSH or PEM format, without passphrase. Given to an ssh agent of its own, never written to a file",
      ),
    password: password.optional().describe("Password of the user. Handed to ssh through a pipe"),
    hostKeys: z
      .array(z.string().superRefine(problemIf(hostKeyProblem)))
      .min(1, "must name a key; leave it out to have host keys checked against known_hosts")
      .optional()
      .describe(
        "Public host keys that the machine may have, such as `ssh-ed25519 AAAA…`; without them those of known_hosts",
      ),
    jump: z
      .string()
      .refine((text) => text.length <= 1024 && text.split(",").every((hop) => HOP.test(hop)), {
        error: 'must be jump hosts as ssh -J takes them, separated by commas: "user@bastion:22"',
      })
      .optional()
      .describe("Jump hosts as `ssh -J` takes them: `user@bastion:22`"),
    configFile: z
      .string()
      .max(4096)
      .regex(/^(?:~\/|\/)./, 'must be an absolute path, or begin with "~/"')
      .refine((text) => !CONTROL.test(text), { error: "must hold no control characters" })
      .optional()
      .describe("ssh configuration file to use instead of the user's; an absolute path, or `~/…`"),
    connectTimeoutSeconds: z
      .int()
      .min(1)
      .max(600)
      .default(15)
      .describe("Longest time for connecting and logging in, in seconds"),
    sudo: z.boolean().default(true).describe("Whether commands run as root by `sudo -n` where the user is not root"),
  })
  .meta({
    id: "SshAccess",
    description: "How OpenSSH's client gets to a machine. What is left out is as the user's ssh configuration has it",
  });
