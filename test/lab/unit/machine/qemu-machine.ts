import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Hardware } from "../../../../lab/hardware/hardware";
import { machineArguments } from "../../../../lab/machine/machine-arguments";
import type { MachinePlan } from "../../../../lab/machine/machine-plan";
import { buildRegisters } from "../../../../lab/registers/build";
import { registerEnvironment } from "../../../../lab/registers/environment";
import { createLiveFaults } from "../../../../lab/registers/live-faults";
import { registerRules } from "../../../../lab/registers/register-rules";
import { eventually } from "../../../support/eventually";

/** Where q35 has config space of all buses in memory, as SeaBIOS sets it (src/fw/dev-q35.h). */
const MMCONFIG = 0xb0000000;

export interface QemuOptions {
  readonly hardware: Hardware;
  readonly more?: readonly string[];
  /** Rules other than the plan's. */
  readonly rules?: string;
}

/** A QEMU without disks: firmware deals bus numbers, and what it dealt is read by the monitor. */
export class QemuMachine {
  private readonly answers: ((line: { return?: unknown; error?: { desc: string } }) => void)[] = [];
  private readonly acknowledgements: (() => void)[] = [];
  private memory: Socket | undefined;
  private stderr = "";
  private exit: number | null | undefined;

  private constructor(
    private readonly process: ChildProcess,
    private readonly directory: string,
  ) {
    process.stderr?.on("data", (chunk) => {
      this.stderr += String(chunk);
    });
    process.on("exit", (code) => {
      this.exit = code;
      for (const answer of this.answers.splice(0)) answer({ error: { desc: `QEMU ended: ${this.stderr}` } });
    });
    createInterface({ input: process.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      const message = JSON.parse(line) as { return?: unknown; error?: { desc: string } };
      if ("return" in message || "error" in message) this.answers.shift()?.(message);
    });
  }

  static async spawn(plan: MachinePlan, { hardware, more = [], rules }: QemuOptions): Promise<QemuMachine> {
    const directory = mkdtempSync(join(tmpdir(), "gpudirect-machine-"));
    const library = await buildRegisters(join(tmpdir(), "gpudirect-lab-registers"));
    const files = { library, rules: join(directory, "rules"), faults: join(directory, "faults") };
    writeFileSync(files.rules, rules ?? registerRules(plan, hardware));
    createLiveFaults(files.faults, plan);
    const args = [
      ...machineArguments(plan, hardware, { memoryMiB: 128 * plan.nodes.length + 256, cpus: 2 }),
      ...["-accel", "tcg", "-display", "none", "-qmp", "stdio"],
      ...["-chardev", `file,id=firmware,path=${join(directory, "firmware.log")}`],
      ...["-device", "isa-debugcon,iobase=0x402,chardev=firmware"],
      ...["-qtest", `unix:${join(directory, "memory")},server=on,wait=off`, "-qtest-log", "/dev/null"],
      ...more,
    ];
    const child = spawn("qemu-system-x86_64", args, { env: { ...process.env, ...registerEnvironment(files) } });
    return new QemuMachine(child, directory);
  }

  get faults(): string {
    return join(this.directory, "faults");
  }

  /** Until the monitor answers. */
  async ready(): Promise<this> {
    await this.execute("qmp_capabilities");
    return this;
  }

  /** Until firmware has dealt all numbers and looks for something to boot, for that many resets of the machine. */
  async firmwareDone(times = 1): Promise<void> {
    const log = join(this.directory, "firmware.log");
    const looks = () => existsSync(log) && readFileSync(log, "latin1").split("No bootable device").length > times;
    await eventually("the firmware looks for something to boot", looks, 60_000);
  }

  execute(command: string, args: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.exit !== undefined) return reject(new Error(`QEMU ended: ${this.stderr}`));
      this.answers.push(({ return: value, error }) => (error ? reject(new Error(error.desc)) : resolve(value)));
      this.process.stdin?.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
  }

  async hmp(command: string): Promise<string> {
    return String(await this.execute("human-monitor-command", { "command-line": command }));
  }

  /** QEMU id to address, as `info pci` has them. */
  async addresses(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    let at = "";
    for (const line of (await this.hmp("info pci")).split(/\r?\n/)) {
      const [, bus, slot, fn] = /Bus +(\d+), device +(\d+), function (\d+)/.exec(line) ?? [];
      const hex = (text: string | undefined) => Number(text).toString(16).padStart(2, "0");
      if (bus !== undefined) at = `0000:${hex(bus)}:${hex(slot)}.${fn}`;
      const id = /^ +id "(.+)"/.exec(line)?.[1];
      if (id) found.set(id, at);
    }
    return found;
  }

  /** Config space as the machine's CPUs read it. */
  async config(address: string, from = 0, length = 4096): Promise<Uint8Array> {
    const text = await this.hmp(`xp /${length / 4}xw ${physical(address) + from}`);
    const words = text.split(/\r?\n/).flatMap((line) => line.split(": ")[1]?.trim().split(/\s+/) ?? []);
    const bytes = new DataView(new ArrayBuffer(length));
    words.forEach((word, index) => {
      bytes.setUint32(index * 4, Number(word), true);
    });
    return new Uint8Array(bytes.buffer);
  }

  /** Writes 16 bits of config space as the machine's CPUs would. */
  async write(address: string, at: number, value: number): Promise<void> {
    this.memory ??= await this.connectMemory();
    await new Promise<void>((resolve) => {
      this.acknowledgements.push(resolve);
      this.memory?.write(`writew ${physical(address) + at} ${value}\n`);
    });
  }

  private async connectMemory(): Promise<Socket> {
    const socket = createConnection(join(this.directory, "memory"));
    await once(socket, "connect");
    createInterface({ input: socket }).on("line", (line) => {
      if (line === "OK") this.acknowledgements.shift()?.();
    });
    return socket;
  }

  /** Resolves when QEMU has ended by itself, with its exit status and what it said. */
  async ended(): Promise<{ status: number | null; said: string }> {
    await eventually("QEMU ends", () => this.exit !== undefined, 30_000);
    return { status: this.exit ?? null, said: this.stderr };
  }

  async stop(): Promise<string> {
    this.memory?.destroy();
    if (this.exit === undefined) {
      this.process.kill("SIGKILL");
      await eventually("QEMU ends", () => this.exit !== undefined);
    }
    rmSync(this.directory, { recursive: true });
    return this.stderr;
  }
}

function physical(address: string): number {
  const [, bus = "", place = ""] = address.split(":");
  const [slot = "", fn = ""] = place.split(".");
  return MMCONFIG + Number.parseInt(bus, 16) * 2 ** 20 + Number.parseInt(slot, 16) * 2 ** 15 + Number(fn) * 2 ** 12;
}
