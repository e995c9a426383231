import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildRegisters } from "../../../lab/registers/build";
import { registerEnvironment } from "../../../lab/registers/environment";
import { deviceIdOf } from "./domain-xml";
import type { GuestImage } from "./guest-image";
import { DATA } from "./interfaces";
import { type GuestFile, type NetworkOwner, OWNER_SETUPS } from "./owners";

/** Where the files of one guest lie. */
export interface GuestPaths {
  readonly folder: string;
  readonly overlay: string;
  readonly files: string;
  readonly services: string;
  readonly registerRules: string;
  readonly consoleLog: string;
  readonly sshKey: string;
  /** A connection for each command, and one for all of them. */
  readonly sshConfig: string;
  readonly sharedSshConfig: string;
  readonly knownHosts: string;
}

export function guestPaths(folder: string): GuestPaths {
  const at = (name: string): string => join(folder, name);
  return {
    folder,
    overlay: at("disk.qcow2"),
    files: at("files.tar"),
    services: at("services"),
    registerRules: at("registers"),
    consoleLog: at("console.log"),
    sshKey: at("ssh_key"),
    sshConfig: at("ssh_config"),
    sharedSshConfig: at("ssh_config_shared"),
    knownHosts: at("known_hosts"),
  };
}

interface NewGuest {
  readonly name: string;
  readonly owner: NetworkOwner;
  readonly image: GuestImage;
  readonly sshPort: number;
}

/**
 * Makes what a guest needs before its first boot: its disk, its SSH keys, the files that make it one of its owner.
 * @returns environment for its QEMU, by which MaxReadReq of its data NICs is a register that keeps what is written
 */
export async function fillGuestFolder(paths: GuestPaths, guest: NewGuest): Promise<Record<string, string>> {
  // QEMU is a user of its own under libvirt: it goes through the folder, and reads what it is given.
  chmodSync(paths.folder, 0o711);
  const backing = ["-F", "qcow2", "-b", guest.image.disk];
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", ...backing, paths.overlay]);
  const key = newKey(paths.sshKey, guest.name);
  const hostKeyFile = join(paths.folder, "ssh_host_key");
  const hostKey = newKey(hostKeyFile, guest.name);
  writeSshConfig(paths, guest, hostKey);
  const own = identityFiles(guest.name, {
    authorized: key,
    hostKey,
    hostPrivateKey: readFileSync(hostKeyFile, "utf8"),
  });
  const { files, services } = OWNER_SETUPS[guest.owner];
  writeArchive(paths, [...own, ...files]);
  writeFileSync(paths.services, ["ssh.service", ...services].join("\n"));
  for (const file of [paths.files, paths.services]) chmodSync(file, 0o644);
  const library = await buildRegisters(paths.folder);
  writeFileSync(paths.registerRules, DATA.map((nic) => `${deviceIdOf(nic)} readrequest=2\n`).join(""));
  for (const file of [library, paths.registerRules]) chmodSync(file, 0o644);
  return registerEnvironment({ library, rules: paths.registerRules });
}

/** Makes a pair of keys, and returns the public one as `TYPE KEY`. */
function newKey(file: string, comment: string): string {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
  return readFileSync(`${file}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
}

function writeSshConfig(paths: GuestPaths, { name, sshPort }: NewGuest, hostKey: string): void {
  writeFileSync(paths.knownHosts, `[127.0.0.1]:${sshPort} ${hostKey}\n`);
  const lines = [
    `Host ${name}`,
    "  HostName 127.0.0.1",
    `  Port ${sshPort}`,
    "  User root",
    `  IdentityFile "${paths.sshKey}"`,
    "  IdentitiesOnly yes",
    `  UserKnownHostsFile "${paths.knownHosts}"`,
    "  StrictHostKeyChecking yes",
    "  LogLevel ERROR",
  ];
  writeFileSync(paths.sshConfig, `${lines.join("\n")}\n`);
  // A login takes an emulated guest a second and more.
  const shared = [
    "  ControlMaster auto",
    `  ControlPath "${join(paths.folder, "ssh_control")}"`,
    "  ControlPersist yes",
    "  ServerAliveInterval 15",
  ];
  writeFileSync(paths.sharedSshConfig, `${[...lines, ...shared].join("\n")}\n`);
}

interface Keys {
  readonly authorized: string;
  readonly hostKey: string;
  readonly hostPrivateKey: string;
}

function identityFiles(name: string, { authorized, hostKey, hostPrivateKey }: Keys): readonly GuestFile[] {
  return [
    { path: "etc/hostname", text: `${name}\n` },
    { path: "etc/hosts", text: `127.0.0.1 localhost\n127.0.1.1 ${name}\n` },
    // Without it systemd takes the boot for that of a new image, and enables what the distribution's presets say.
    { path: "etc/machine-id", text: `${randomBytes(16).toString("hex")}\n`, mode: 0o444 },
    { path: "root/.ssh/authorized_keys", text: `${authorized} ${name}\n`, mode: 0o600 },
    { path: "etc/ssh/ssh_host_ed25519_key", text: hostPrivateKey, mode: 0o600 },
    { path: "etc/ssh/ssh_host_ed25519_key.pub", text: `${hostKey} ${name}\n` },
  ];
}

function writeArchive(paths: GuestPaths, files: readonly GuestFile[]): void {
  const tree = join(paths.folder, "tree");
  for (const { path, text, mode = 0o644 } of files) {
    const file = join(tree, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
  }
  // The files alone: folders of the guest keep their modes.
  const owner = ["--owner=root:0", "--group=root:0"];
  execFileSync("tar", ["-c", "-f", paths.files, "-C", tree, ...owner, ...files.map(({ path }) => path)]);
}
