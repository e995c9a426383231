import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { serveFirmwarePort } from "../../../../../lab/nic/firmware-port";
import type { AdapterIdentity, NicFirmware } from "../../../../../lab/nic/nic-firmware";
import type { Reach, RunOptions, RunResult } from "../../../../../provider/reach/reach";
import { FakeMachine } from "../../../../support/fake-sysfs";
import { BLUEFIELD3, CONNECTX6DX, CONNECTX7, newDirectory, openFirmware, run } from "../../nic/lab-cards";

const PROGRAM = join(__dirname, "../../../../../lab/nic/host-programs/mstconfig.py");
const BRIDGE = join(__dirname, "../../nic/pty-bridge.py");

const ADAPTERS = [CONNECTX7, CONNECTX6DX, BLUEFIELD3];

/** What a test changes of the host that all others have. */
export interface HostOptions {
  readonly release?: "4.21.0" | "4.35.0";
  /** Programs on the host's PATH. Default: mstconfig and mlxconfig, as mstflint and MFT have them. */
  readonly programs?: readonly string[];
  /** Default: a ConnectX-7, a ConnectX-6 Dx and a BlueField-3. */
  readonly adapters?: readonly AdapterIdentity[];
}

/** Vital product data as a ConnectX has them: name, then read-only fields, then checksum and end. */
function vitalProductData(serialNumber: string): Buffer {
  const field = (keyword: string, text: string) => Buffer.from(`${keyword}${String.fromCharCode(text.length)}${text}`);
  const item = (tag: number, body: Buffer) => Buffer.concat([Buffer.from([tag, body.length, 0]), body]);
  const fields = [field("PN", "MCX000"), field("EC", "A5"), field("SN", serialNumber.padEnd(24)), field("RV", "\0")];
  return Buffer.concat([item(0x82, Buffer.from("ConnectX")), item(0x90, Buffer.concat(fields)), Buffer.from([0x78])]);
}

/**
 * A host with three adapters, whose firmware and programs are the lab's, in a directory: sysfs, /proc and the programs
 * are found there by the scripts, which run in sh on this machine.
 */
export class SimulatedHost implements Reach {
  readonly machine = "the simulated host";
  readonly root = newDirectory();
  readonly kernel = new FakeMachine(this.root);
  readonly firmware: NicFirmware;
  /** Lines of the programs that ran: `mstconfig -d 0000:19:00.0 -e query`. */
  readonly ran: string[] = [];
  /** Scripts that were run: round trips. */
  trips = 0;
  readonly #port = join(this.root, "port");
  readonly #socket = join(this.root, "chardev");
  #bridge: ChildProcess | undefined;
  #keeper: Socket | undefined;

  private constructor({ release, adapters = ADAPTERS }: HostOptions) {
    this.firmware = openFirmware({ ...(release ? { release } : {}), adapters, log: (line) => this.ran.push(line) });
  }

  static async start(options: HostOptions = {}): Promise<SimulatedHost> {
    const host = new SimulatedHost(options);
    const bin = host.programs;
    mkdirSync(bin);
    for (const name of options.programs ?? ["mstconfig", "mlxconfig"]) {
      copyFileSync(PROGRAM, join(bin, name));
      chmodSync(join(bin, name), 0o755);
    }
    for (const { functions, device } of options.adapters ?? ADAPTERS) {
      for (const address of functions)
        host.pci(address, { vendor: "0x15b3", device: `0x${device}`, class: "0x020000" });
    }
    host.kernel.file("proc/1/comm", "init\n");
    host.#bridge = spawn("/usr/bin/python3", [BRIDGE, host.#port, host.#socket]);
    await once(host.#bridge.stdout as NodeJS.ReadableStream, "data");
    host.#keeper = createConnection(host.#socket);
    await once(host.#keeper, "connect");
    serveFirmwarePort(host.#keeper, host.firmware, (line) => host.ran.push(line));
    return host;
  }

  pci(address: string, attributes: Record<string, string>, links: Record<string, string> = {}): void {
    const path = `pci0000:00/${address}`;
    this.kernel.pci(path, attributes, {});
    for (const [name, target] of Object.entries(links)) this.kernel.pciLink(path, name, target);
  }

  /** Gives the card at an address a serial number: one more card of the same kind, where it had another one. */
  serial(address: string, serialNumber: string): void {
    this.kernel.file(`sys/devices/pci0000:00/${address}/vpd`, vitalProductData(serialNumber));
  }

  /** Takes a card out of the host. */
  vanish(address: string): void {
    rmSync(join(this.root, "sys/bus/pci/devices", address));
  }

  /** Binds a function to vfio-pci, in an IOMMU group. */
  giveToVfio(address: string, group: number): void {
    const path = `pci0000:00/${address}`;
    this.kernel.pciLink(path, "driver", "bus/pci/drivers/vfio-pci");
    this.kernel.pciLink(path, "iommu_group", `kernel/iommu_groups/${group}`);
  }

  /** A process that has a VFIO file open, with the arguments that it was started with. */
  open(pid: number, file: string, argv: readonly string[]): void {
    this.kernel.link(`proc/${pid}/fd/31`, file);
    this.kernel.file(`proc/${pid}/cmdline`, argv.map((argument) => `${argument}\0`).join(""));
    this.kernel.file(`proc/${pid}/comm`, `${argv[0]}\n`);
  }

  lockDown(modes: string): void {
    this.kernel.file("sys/kernel/security/lockdown", `${modes}\n`);
  }

  /** The host starts again, after its power was off or not. */
  boot(kind: "warm" | "cold" = "warm"): void {
    this.firmware.reset(kind);
  }

  /** What somebody types on the host. */
  type(line: string): string {
    const { stdout, status } = run(this.firmware, line);
    if (status !== 0) throw new Error(stdout);
    return stdout;
  }

  /** Folder of the programs. */
  get programs(): string {
    return join(this.root, "bin");
  }

  /** Variables by which scripts and programs find the host. */
  get environment(): Record<string, string> {
    return {
      GPUDIRECT_ROOT: this.root,
      GPUDIRECT_LAB_FIRMWARE_PORT: this.#port,
      GPUDIRECT_LAB_FIRMWARE_LOCK: join(this.root, "lock"),
      GPUDIRECT_LAB_FIRMWARE_SYSFS: join(this.root, "sys"),
      GPUDIRECT_LAB_FIRMWARE_USER: "root",
    };
  }

  async run(script: string, { signal, input }: RunOptions): Promise<RunResult> {
    this.trips += 1;
    const child = spawn("sh", ["-s"], {
      signal,
      env: { ...this.environment, PATH: `${this.programs}:/usr/bin:/bin` },
    });
    if (input !== undefined) throw new Error("nothing here has an input");
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.end(script);
    const [exitCode] = (await once(child, "close")) as [number | null];
    return {
      exitCode: exitCode ?? 1,
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr).toString(),
    };
  }

  runProgram(): Promise<RunResult> {
    throw new Error("the resource runs scripts alone");
  }

  lock(): Promise<never> {
    throw new Error("the protocol layer takes locks, not the resource");
  }

  async close(): Promise<void> {
    this.#keeper?.destroy();
    const ended = once(this.#bridge as ChildProcess, "exit");
    this.#bridge?.stdin?.end();
    await ended;
  }
}
