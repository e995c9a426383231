import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Refusal } from "../../core/problems";
import { mend } from "../faults/hardware-faults";
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
export function takeSnapshot(host: SimulatedHost, name: string): Promise<void> {
  const file = snapshotFile(host, name);
  const { vanished, trained } = host.faults;
  if (vanished.size > 0 || trained.size > 0) {
    throw new Refusal([{ path: "name", message: "a device is broken on purpose; mend it with fault clear, first" }]);
  }
  return host.meanwhile(async () => {
    const running = host.powerState() === "On";
    rmSync(file, { force: true });
    if (running) {
      const said = await host.machine.qmp.human(`savevm ${name}`);
      if (said.trim()) throw new Error(`QEMU did not take the snapshot: ${said.trim()}`);
    } else {
      await run("qemu-img", ["snapshot", "-c", name, host.directory.disk]);
    }
    const state: FirmwareState = { running, bmc: host.bmc.state(), nics: host.nics.state() };
    mkdirSync(host.directory.snapshots, { recursive: true });
    writeAtomically(file, JSON.stringify(state));
  });
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
  const { running, bmc, nics } = JSON.parse(readFileSync(file, "utf8")) as FirmwareState;
  const firmware = async (): Promise<void> => {
    mend(host.faults);
    host.relay.blocked = false;
    host.bmc.clearModes();
    host.bmc.restoreState(bmc);
    host.nics.restoreState(nics);
  };
  if (running) return host.resumeFrom(name, firmware);
  await host.powerOff();
  await firmware();
  await host.meanwhile(() => run("qemu-img", ["snapshot", "-a", name, host.directory.disk]));
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
