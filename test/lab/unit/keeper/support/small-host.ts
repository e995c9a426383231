import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeSshConfig } from "../../../../../lab/client/ssh";
import { type HostDirectory, hostDirectory } from "../../../../../lab/host/host-directory";
import { type HostSpec, writeSpec } from "../../../../../lab/host/host-spec";
import { freePort } from "../../../../../lab/keeper/free-port";
import { bridge, endpoint, hostOf } from "../../machine/hosts";
import { GOLDEN } from "../../nic/lab-cards";

export const GPU = "0000:11:00.0";
export const NIC = "0000:12:00.0";

/** One GPU and one ConnectX-7 behind a root port each. */
export const TOPOLOGY = hostOf([
  bridge("0000:10:01.0", "root-port", [endpoint(GPU)]),
  bridge("0000:10:02.0", "root-port", [endpoint(NIC, { class: "020000", vendor: "15b3", device: "1021" })]),
]);

/**
 * The folder of a host whose disk is empty, so that its machine starts in a second and boots nothing. The library that its
 * QEMU is started with does nothing.
 */
export async function makeSmallHost(name = "small", change: Partial<HostSpec> = {}): Promise<HostDirectory> {
  const directory = hostDirectory(name);
  const image = join(dirname(directory.path), `${name}-image.qcow2`);
  mkdirSync(dirname(directory.sshKey), { recursive: true, mode: 0o700 });
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", image, "64M"]);
  execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", "-b", image, "-F", "qcow2", directory.disk]);
  for (const key of [directory.sshKey, directory.sshHostKey]) {
    writeFileSync(key, "a private key\n", { mode: 0o600 });
    writeFileSync(`${key}.pub`, "ssh-ed25519 AAAA a test\n");
  }
  writeFileSync(directory.hostName, `${name}\n`);
  const spec: HostSpec = {
    name,
    topology: TOPOLOGY,
    flavour: "ami",
    memoryMiB: 256,
    cpus: 2,
    accelerator: "tcg",
    sshPort: await freePort(),
    bmcPort: await freePort(),
    image,
    registerLibrary: libraryOfEveryProcess(),
    parameterTable: join(GOLDEN, "parameter-table.json"),
    uuid: "5a5fd6b8-0a1e-4c7e-9b0e-6d1f2a3b4c5d",
    serialNumber: "LAB00000001",
    ...change,
  };
  writeSshConfig(directory, name, spec.sshPort, "ssh-ed25519 AAAA");
  writeSpec(directory.spec, spec);
  return directory;
}

function libraryOfEveryProcess(): string {
  const found = /\s(\/\S*\/libc\.so\S*)$/m.exec(readFileSync("/proc/self/maps", "utf8"))?.[1];
  if (!found) throw new Error("this node has no C library in /proc/self/maps");
  return found;
}
