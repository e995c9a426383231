import { Refusal } from "../core/problems";

/** A machine as OpenSSH's client takes it; no name begins with a dash. */
export interface SshTarget {
  readonly user: string | undefined;
  readonly address: string;
  readonly port: number | undefined;
}

/**
 * `ssh://[user@]host[:port]`. Users, keys and jump hosts of the user's ssh config hold.
 * @throws Refusal for passwords, paths, and names that ssh might take for options
 */
export function parseSshTarget(text: string): SshTarget {
  const refuse = (message: string): never => {
    throw new Refusal([{ path: "", message }]);
  };
  const match = /^ssh:\/\/(?:([^@/]*)@)?(\[[0-9A-Fa-f:.%\w]+\]|[^:/@[\]]+)(?::(\d+))?\/?$/.exec(text);
  if (!match) return refuse("a machine is named like ssh://user@host or ssh://user@host:2222, without a path");
  const [, user, bracketed = "", port] = match;
  const host = bracketed.replace(/^\[|\]$/g, "");
  if (user?.includes(":")) {
    return refuse("an ssh:// address holds no password; use a key or an agent, as OpenSSH's client does");
  }
  if (user !== undefined && !/^[A-Za-z0-9_.][\w.$-]*$/.test(user)) {
    return refuse(`${JSON.stringify(user.slice(0, 40))} is no user name`);
  }
  if (!/^[A-Za-z0-9_:][\w.:%-]*$/.test(host)) return refuse(`${JSON.stringify(host.slice(0, 60))} is no host name`);
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65535))
    return refuse(`${port} is no port of 1-65535`);
  return { user, address: host, port: port === undefined ? undefined : Number(port) };
}
