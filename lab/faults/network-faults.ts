import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { promisify } from "node:util";
import { z } from "zod";
import { hostShell } from "../keeper/host-shell";
import type { SimulatedHost } from "../keeper/simulated-host";
import { fault } from "./fault";

const run = promisify(execFile);
const nothing = z.strictObject({});

export const NETWORK_FAULTS = {
  "ssh-cut": fault({
    says: "open SSH connections are reset, in the middle of whatever they do; new ones work",
    options: nothing,
    async apply(host) {
      host.relay.cut();
      return "SSH connections are reset";
    },
  }),
  "ssh-blocked": fault({
    says: "SSH hangs, open connections and new ones, as behind a cut cable; until mended",
    options: nothing,
    async apply(host) {
      host.relay.blocked = true;
      return "SSH hangs";
    },
  }),
  "host-key-changed": fault({
    says: "sshd has another host key than known_hosts says, as after a new installation; stays",
    options: nothing,
    apply: changeHostKey,
  }),
};

async function changeHostKey(host: SimulatedHost): Promise<string> {
  const key = `${host.directory.sshHostKey}.changed`;
  for (const file of [key, `${key}.pub`]) rmSync(file, { force: true });
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  // In the agent's message, not among a process's arguments.
  await hostShell(
    host,
    "umask 077; cat > /etc/ssh/ssh_host_ed25519_key.new && ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key.new > /etc/ssh/ssh_host_ed25519_key.pub && mv /etc/ssh/ssh_host_ed25519_key.new /etc/ssh/ssh_host_ed25519_key && systemctl restart ssh",
    readFileSync(key, "utf8"),
  );
  return "sshd has a new host key";
}
