/** How OpenSSH's client gets to a machine. What is absent is as the user's ssh configuration has it. */
export interface SshAccess {
  /** Host name, address, or a `Host` of the ssh configuration. */
  readonly address: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  /** Private key in OpenSSH or PEM format, without passphrase. Goes to an agent of its own, never to a file. */
  readonly privateKey?: string | undefined;
  /** Password of the user; handed to ssh through a pipe. */
  readonly password?: string | undefined;
  /** Public host keys that the machine may have, as in known_hosts without the name: "ssh-ed25519 AAAA…". */
  readonly hostKeys?: readonly string[] | undefined;
  /** Jump hosts, as `ssh -J` takes them: "user@bastion:22". */
  readonly jump?: string | undefined;
  /** ssh configuration file to use instead of the user's. */
  readonly configFile?: string | undefined;
  /** Longest time for connecting and logging in, in seconds. */
  readonly connectTimeoutSeconds: number;
  /** Whether commands run as root by `sudo -n` where the user is not root. */
  readonly sudo: boolean;
}
