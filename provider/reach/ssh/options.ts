import type { SshAccess } from "./access";
import type { Keeper } from "./keeper";

/** How often a silent machine is asked for a sign of life, in seconds, and how many may stay without answer. */
const ALIVE = { intervalSeconds: 5, count: 2 };
/** Name under which given host keys are looked up. */
const HOST_KEY_ALIAS = "gpudirect";

/** Options of ssh for the connection itself: what is given, and what must not be otherwise; the rest is the user's. */
export function masterArgs(access: SshAccess, keeper: Keeper, remoteCommand: string): string[] {
  const { address, port, user, privateKey, password, hostKeys, jump, configFile } = access;
  return [
    ...(configFile === undefined ? [] : ["-F", configFile]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
    ...(jump === undefined ? [] : ["-J", jump]),
    ...["-M", "-S", file(keeper, "master"), "-T"],
    ...options({
      ControlPersist: "no",
      StrictHostKeyChecking: "yes",
      ConnectTimeout: access.connectTimeoutSeconds,
      ConnectionAttempts: 1,
      ServerAliveInterval: ALIVE.intervalSeconds,
      ServerAliveCountMax: ALIVE.count,
      LogLevel: "ERROR",
      // What a user's configuration may have for logging in by hand.
      RemoteCommand: "none",
      PermitLocalCommand: "no",
      ClearAllForwardings: "yes",
      ForwardAgent: "no",
      ForwardX11: "no",
      ...(password === undefined ? { BatchMode: "yes" } : { BatchMode: "no", NumberOfPasswordPrompts: 1 }),
      ...(privateKey === undefined
        ? {}
        : {
            IdentityAgent: quoted(file(keeper, "agent")),
            IdentityFile: quoted(file(keeper, "key.pub")),
            IdentitiesOnly: "yes",
          }),
      ...(hostKeys === undefined
        ? {}
        : {
            HostKeyAlias: HOST_KEY_ALIAS,
            UserKnownHostsFile: quoted(file(keeper, "known_hosts")),
            GlobalKnownHostsFile: "/dev/null",
            UpdateHostKeys: "no",
            VerifyHostKeyDNS: "no",
            CheckHostIP: "no",
          }),
    }),
    ...["--", address, remoteCommand],
  ];
}

/** Options of ssh for a command over the connection. Without it there is no way to the machine: no second login. */
export function sessionArgs(keeper: Keeper, remoteCommand: string): string[] {
  const never = options({ ControlMaster: "no", ProxyCommand: "false", BatchMode: "yes", LogLevel: "ERROR" });
  return ["-F", "/dev/null", "-S", file(keeper, "master"), "-T", ...never, "--", "machine", remoteCommand];
}

/** The file of known hosts that has the given keys alone. */
export function knownHosts(hostKeys: readonly string[]): string {
  return hostKeys.map((key) => `${HOST_KEY_ALIAS} ${key.trim()}\n`).join("");
}

/** ssh replaces what follows a percent sign in a path (ssh_config(5), TOKENS). */
const file = (keeper: Keeper, name: Parameters<Keeper["path"]>[0]) => keeper.path(name).replaceAll("%", "%%");

/** ssh splits lists of files at spaces. */
const quoted = (path: string) => `"${path}"`;

function options(values: Record<string, string | number>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}
