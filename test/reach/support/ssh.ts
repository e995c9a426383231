import type { SshAccess } from "../../../provider/reach/ssh/access";
import type { Sshd } from "../../support/sshd";

/** Access to a test's server by its key, with its host key known. */
export function accessTo(sshd: Sshd, more: Partial<SshAccess> = {}): SshAccess {
  return {
    address: sshd.address,
    port: sshd.port,
    user: sshd.user,
    privateKey: sshd.clientKey,
    hostKeys: [sshd.hostKey],
    // Not that of the user who runs the tests.
    configFile: "/dev/null",
    connectTimeoutSeconds: 15,
    sudo: false,
    ...more,
  };
}
