import type { ReachPhase } from "../reach";
import type { SshAccess } from "./access";

/** Why there is no connection; each command that waited for it makes a ReachError of it. */
export class ConnectFailure extends Error {
  constructor(
    readonly phase: ReachPhase,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** What ssh says where a machine lets nobody in; else it was not reached. */
const REFUSED_LOGIN =
  /Permission denied|Too many authentication failures|authentication failed|No supported authentication|no mutual signature/i;

/** What ssh's words mean, and what to do. */
export function connectFailure(said: string, access: SshAccess): ConnectFailure {
  const words = said.trim().slice(-2000) || "it said nothing";
  const failure = (phase: ReachPhase, reason: string) => new ConnectFailure(phase, `${reason}\nssh said: ${words}`);
  const port = access.port === undefined ? "" : `-p ${access.port} `;
  const trusted = access.hostKeys
    ? "hostKeys has the machine's new public key"
    : `the old key is removed with "ssh-keygen -R" and the new one is in known_hosts`;
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|host key .* has changed/i.test(said)) {
    return failure(
      "authenticate",
      `its host key has changed. Another machine may answer in its place; connect only when its administrator has confirmed the change and ${trusted}`,
    );
  }
  if (/host key is known for|Host key verification failed/i.test(said)) {
    const scan = `ssh-keyscan ${port}${access.address}`;
    const remedy = access.hostKeys
      ? `it shows a host key that is not among hostKeys; compare them with what "${scan}" prints`
      : `its host key is not known. Compare what "${scan}" prints with the machine's own /etc/ssh/ssh_host_*_key.pub, then add it to known_hosts or give it as hostKeys`;
    return failure("authenticate", remedy);
  }
  if (REFUSED_LOGIN.test(said)) {
    const user = access.user ?? "the user of the ssh configuration";
    const own = access.privateKey === undefined && access.password === undefined;
    const check = own
      ? `"ssh ${port}${destination(access)} true" must work without a question`
      : "check user, key and password";
    return failure("authenticate", `it did not let in ${user}; ${check}`);
  }
  return failure("connect", "it could not be reached by ssh; check address and port, and that its sshd runs");
}

/** The error where the machine was not ready in time. */
export function notInTime(access: SshAccess, said: string): ConnectFailure {
  const words = said.trim() ? `\nssh said: ${said.trim().slice(-2000)}` : "";
  const limit = `connecting and logging in took longer than ${access.connectTimeoutSeconds} s`;
  return new ConnectFailure("connect", `${limit}; check that the machine is up and not overloaded${words}`);
}

/** The error where `sudo -n` wants a password or refuses. */
export function noPrivilege(access: SshAccess, said: string): ConnectFailure {
  const user = access.user ?? "the user that logs in";
  return new ConnectFailure(
    "privilege",
    `"sudo -n" does not make ${user} root. /etc/sudoers there needs the line "${access.user ?? "USER"} ALL=(root) NOPASSWD: ALL"; or log in as root\nsudo said: ${said.trim().slice(-2000) || "nothing"}`,
  );
}

/** A machine as users name it to ssh. */
function destination({ user, address }: SshAccess): string {
  return user === undefined ? address : `${user}@${address}`;
}
