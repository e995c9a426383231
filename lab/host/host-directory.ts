import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Refusal } from "../../core/problems";

/**
 * Where lab hosts live: GPUDIRECT_LAB_DIRECTORY, or a folder of the user's state directory. A relative one is seen from
 * where the user typed the command (GPUDIRECT_LAB_CALLER).
 */
export function labDirectory(): string {
  const { GPUDIRECT_LAB_DIRECTORY, GPUDIRECT_LAB_CALLER = ".", XDG_STATE_HOME } = process.env;
  if (GPUDIRECT_LAB_DIRECTORY) return resolve(GPUDIRECT_LAB_CALLER, GPUDIRECT_LAB_DIRECTORY);
  return join(XDG_STATE_HOME || join(homedir(), ".local", "state"), "pulumi-gpudirect", "lab");
}

/** sun_path of a Unix socket holds 108 bytes with the zero at the end (unix(7)). */
const MAX_SOCKET_PATH = 107;

/** What belongs to one lab host. Everything of it lies in one folder, which `down` removes. */
export interface HostDirectory {
  readonly path: string;
  readonly spec: string;
  readonly disk: string;
  /** Serial console since the first start, appended to. */
  readonly serialLog: string;
  readonly qemuLog: string;
  readonly keeperLog: string;
  readonly keeperPid: string;
  /** Locked by the keeper and by its machine for as long as they live. */
  readonly keeperLock: string;
  readonly registerRules: string;
  readonly liveFaults: string;
  readonly bmc: string;
  readonly nics: string;
  readonly snapshots: string;
  readonly sshKey: string;
  readonly sshHostKey: string;
  readonly knownHosts: string;
  readonly sshConfig: string;
  readonly hostName: string;
  readonly sockets: {
    readonly control: string;
    readonly monitor: string;
    readonly serial: string;
    readonly agent: string;
    readonly firmware: string;
  };
}

export const isHostName = (name: string): boolean => /^[a-z][a-z0-9-]{0,30}$/.test(name);

/** @throws Refusal for a name that is none, or a folder too deep for sockets */
export function hostDirectory(name: string): HostDirectory {
  if (!isHostName(name)) {
    const message = `"${name}" is no name for a lab host: begin with a letter, then up to 30 of a-z, 0-9 and "-"`;
    throw new Refusal([{ path: "name", message }]);
  }
  const path = join(labDirectory(), name);
  const at = (...parts: string[]): string => join(path, ...parts);
  const directory: HostDirectory = {
    path,
    spec: at("host.json"),
    disk: at("disk.qcow2"),
    serialLog: at("serial.log"),
    qemuLog: at("qemu.log"),
    keeperLog: at("keeper.log"),
    keeperPid: at("keeper.pid"),
    keeperLock: at("keeper.lock"),
    registerRules: at("registers.rules"),
    liveFaults: at("live-faults"),
    bmc: at("bmc"),
    nics: at("nics"),
    snapshots: at("snapshots"),
    sshKey: at("ssh", "id_ed25519"),
    sshHostKey: at("ssh", "host_ed25519_key"),
    knownHosts: at("ssh", "known_hosts"),
    sshConfig: at("ssh", "config"),
    hostName: at("ssh", "hostname"),
    sockets: {
      control: at("control"),
      monitor: at("monitor"),
      serial: at("serial"),
      agent: at("agent"),
      firmware: at("firmware"),
    },
  };
  const longest = Math.max(...Object.values(directory.sockets).map((socket) => Buffer.byteLength(socket)));
  if (longest > MAX_SOCKET_PATH) {
    const message = `${path} is too long a path for sockets; set it to a shorter folder, such as /var/tmp/lab`;
    throw new Refusal([{ path: "GPUDIRECT_LAB_DIRECTORY", message }]);
  }
  return directory;
}
