import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Refusal } from "../../core/problems";
import { writeAtomically } from "../host/write-atomically";
import type { SimulatedHost } from "./simulated-host";

const run = promisify(execFile);

/** What a snapshot keeps beside the disk and the memory: firmware does not live on the disk. */
interface FirmwareState {
  readonly running: boolean;
  readonly bmc: ReturnType<SimulatedHost["bmc"]["state"]>;
  readonly nics: ReturnType<SimulatedHost["nics"]["state"]>;
}

/**
 * Keeps disk, memory, CPUs, BMC and NIC firmware as they are now. A snapshot of the same name is replaced.
 * @throws Refusal for a name that is none, or while a fault shapes the hardware
 */
export async function takeSnapshot(host: SimulatedHost, name: string): Promise<void> {
  const file = snapshotFile(host, name);
  return host.meanwhile(async () => {
    if (host.hasBrokenDevices) {
      const message = "a device is broken on purpose; mend it with fault clear, and reset the host, first";
      throw new Refusal([{ path: "name", message }]);
    }
    const running = host.powerState() === "On";
    rmSync(file, { force: true });
    if (running) await saveRunning(host, name);
    else await saveStopped(host.directory.disk, name);
    const state: FirmwareState = { running, bmc: host.bmc.state(), nics: host.nics.state() };
    mkdirSync(host.directory.snapshots, { recursive: true });
    writeAtomically(file, JSON.stringify(state));
  });
}

async function saveRunning({ machine, spec }: SimulatedHost, name: string): Promise<void> {
  const { status } = (await machine.qmp.execute("query-status")) as { status: string };
  // The operating system reset the machine or switched it off a moment ago: nothing could go on from there.
  if (status === "shutdown")
    throw new Error(`${spec.name} is being reset or switched off; take the snapshot afterwards`);
  const said = await machine.qmp.human(`savevm ${name}`);
  if (said.trim()) throw new Error(`QEMU did not take the snapshot: ${said.trim()}`);
}

/** qemu-img keeps two of one name where QEMU's savevm replaces the first. */
async function saveStopped(disk: string, name: string): Promise<void> {
  const { stdout } = await run("qemu-img", ["info", "--output=json", disk]);
  const { snapshots = [] } = JSON.parse(stdout) as { snapshots?: { name: string }[] };
  for (const kept of snapshots) if (kept.name === name) await run("qemu-img", ["snapshot", "-d", name, disk]);
  await run("qemu-img", ["snapshot", "-c", name, disk]);
}

/**
 * Goes back to a snapshot: the machine goes on where it was, or is off where it was off. All faults are mended.
 * @throws Refusal where there is no such snapshot
 */
export async function restoreSnapshot(host: SimulatedHost, name: string): Promise<void> {
  const file = snapshotFile(host, name);
  if (!existsSync(file)) {
    const known = snapshotNames(host);
    const message = `there is no snapshot "${name}"; ${known.length > 0 ? `there are ${known.join(", ")}` : "take one first"}`;
    throw new Refusal([{ path: "name", message }]);
  }
  const { running, bmc, nics } = firmwareState(file);
  await host.whileStopped(
    async () => {
      if (!running) await run("qemu-img", ["snapshot", "-a", name, host.directory.disk]);
      host.mendHardware();
      host.relay.blocked = false;
      host.bmc.restoreState(bmc);
      host.bmc.clearModes();
      host.nics.restoreState(nics);
      host.foreignDomains.clear();
      host.systemDisturbed = false;
    },
    running ? name : undefined,
  );
}

function firmwareState(file: string): FirmwareState {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as FirmwareState;
  } catch (error) {
    throw new Error(`${file} cannot be read (${(error as Error).message}); take the snapshot anew`);
  }
}

export function snapshotNames(host: SimulatedHost): string[] {
  if (!existsSync(host.directory.snapshots)) return [];
  const names = readdirSync(host.directory.snapshots).filter((file) => file.endsWith(".json"));
  return names.map((file) => file.slice(0, -".json".length)).sort();
}

function snapshotFile(host: SimulatedHost, name: string): string {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) {
    const message = `"${name}" is no name for a snapshot: begin with a letter, then up to 40 of a-z, 0-9 and "-"`;
    throw new Refusal([{ path: "name", message }]);
  }
  return join(host.directory.snapshots, `${name}.json`);
}
