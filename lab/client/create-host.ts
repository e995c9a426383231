import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Problem, Refusal } from "../../core/problems";
import type { HostTopology } from "../../core/topology/model";
import type { FlavourName } from "../bmc/flavours";
import type { HostDirectory } from "../host/host-directory";
import { type HostSpec, writeSpec } from "../host/host-spec";
import { freePort, isFree } from "../keeper/free-port";
import { planMachine } from "../machine/plan-machine";
import { buildRegisters } from "../registers/build";
import { makeParameterTable } from "./parameter-table";
import { writeSshConfig } from "./ssh";

const run = promisify(execFile);

/** What a user chooses. */
export interface HostChoices {
  readonly topology: HostTopology;
  readonly flavour: FlavourName;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly accelerator: "tcg" | "kvm";
  readonly sshPort?: number;
  readonly bmcPort?: number;
}

/** What the set-up made for all lab hosts: folders of the disk image, of mstflint's table, and of our cache. */
export interface LabParts {
  readonly image: string;
  readonly mstflint: string;
  readonly cache: string;
}

/** @throws Error where the set-up did not run */
export function labParts(): LabParts {
  const { GPUDIRECT_LAB_IMAGE: image, GPUDIRECT_LAB_MSTFLINT: mstflint, GPUDIRECT_LAB_CACHE: cache } = process.env;
  if (!image || !mstflint || !cache) throw new Error('the lab is not set up; start it with "npm run lab -- up"');
  return { image, mstflint, cache };
}

/**
 * Makes a host's folder: keys, disk, specification. Nothing is left of it where that fails.
 * @throws Refusal for a host file that cannot be simulated, or a host that is there already
 */
export async function createHost(
  directory: HostDirectory,
  name: string,
  choices: HostChoices,
  parts: LabParts,
): Promise<HostSpec> {
  planMachine(choices.topology);
  await checkPorts(choices);
  makeFolder(directory, name);
  try {
    const registerLibrary = await buildRegisters(parts.cache);
    const parameterTable = await makeParameterTable(parts.mstflint, parts.cache);
    const spec: HostSpec = {
      name,
      topology: choices.topology,
      flavour: choices.flavour,
      memoryMiB: choices.memoryMiB,
      cpus: choices.cpus,
      accelerator: choices.accelerator,
      sshPort: choices.sshPort ?? (await freePort()),
      bmcPort: choices.bmcPort ?? (await freePort()),
      image: join(parts.image, "disk.qcow2"),
      registerLibrary,
      parameterTable,
      uuid: randomUUID(),
      serialNumber: `LAB${randomUUID().slice(0, 8).toUpperCase()}`,
    };
    await makeKeys(directory, spec);
    const backing = ["-b", spec.image, "-F", "qcow2"];
    await run("qemu-img", ["create", "-q", "-f", "qcow2", ...backing, directory.disk]);
    writeSpec(directory.spec, spec);
    return spec;
  } catch (error) {
    rmSync(directory.path, { recursive: true, force: true });
    throw error;
  }
}

/** Before anything is made: the keeper could only say it afterwards. */
async function checkPorts({ sshPort, bmcPort }: HostChoices): Promise<void> {
  const problems: Problem[] = [];
  for (const [path, port] of Object.entries({ "--ssh-port": sshPort, "--bmc-port": bmcPort })) {
    if (port === undefined || (await isFree(port))) continue;
    problems.push({ path, message: `port ${port} of 127.0.0.1 is taken; give another one, or leave it out for any` });
  }
  if (sshPort !== undefined && sshPort === bmcPort) {
    problems.push({ path: "--bmc-port", message: "is the port of SSH too; give another one" });
  }
  if (problems.length > 0) throw new Refusal(problems);
}

/** Whoever makes the folder makes the host: of two at once, one is refused. */
function makeFolder({ path, spec }: HostDirectory, name: string): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const remove = `"npm run lab -- down ${name}"`;
    const message = existsSync(spec)
      ? `lab host ${name} is there already; take another name, or remove it with ${remove}`
      : `lab host ${name} is being made by another command, or by one that was interrupted; wait for it, or remove it with ${remove}`;
    throw new Refusal([{ path: "name", message }]);
  }
}

async function makeKeys(directory: HostDirectory, { name, sshPort }: HostSpec): Promise<void> {
  mkdirSync(dirname(directory.sshKey));
  for (const file of [directory.sshKey, directory.sshHostKey]) {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", `lab-${name}`, "-f", file]);
  }
  writeFileSync(directory.hostName, `${name}\n`);
  const [type, key] = readFileSync(`${directory.sshHostKey}.pub`, "utf8").split(" ");
  writeSshConfig(directory, name, sshPort, `${type} ${key}`);
}
