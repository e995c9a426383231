import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Change } from "../../../../core/diff/field-diff";
import { decide } from "../../../../core/diff/field-diff";
import { withSettingMaps } from "../../../../core/diff/shape";
import type { AdapterFacts, GpuSettings, NicSettings } from "../../../../core/guest/settings";
import { applyScript, giveBackScript } from "../../../../core/guest/write/apply-script";
import { shapeOf } from "../../../../provider/protocol/zod-shape";
import { guestTuningInputs } from "../../../../provider/resources/guest-tuning/shapes";

/** Values of a system, as inputs and outputs name them. */
export interface Values {
  readonly persistent: boolean;
  readonly sysctls: Record<string, string>;
  readonly interfaces: Record<string, NicSettings>;
  readonly gpuClocks: Record<string, GpuSettings>;
}

export const SHELLS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  dash: ["dash"],
  busybox: ["busybox", "sh"],
};

/** Programs that the fixture stands for: those of the system, and those that write files. */
const SYSTEM_PROGRAMS = ["ip", "ethtool", "setpci", "mlnx_qos", "nvidia-smi", "systemctl", "udevadm"];
const FILE_PROGRAMS = ["cat", "mv", "cp", "mkdir", "chmod", "ln", "rm", "rmdir"];

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A system to tune: a tree below a temporary folder, and programs on PATH that keep their state beside it. */
export class FakeSystem {
  readonly folder = mkdtempSync(join(tmpdir(), "gpudirect-tuning-"));
  readonly root = join(this.folder, "root");
  readonly state = join(this.folder, "state");
  readonly programs = join(this.folder, "bin");

  constructor(missing: readonly string[] = []) {
    for (const folder of [this.root, this.state, this.programs]) mkdirSync(folder);
    for (const name of [...SYSTEM_PROGRAMS, ...FILE_PROGRAMS].filter((one) => !missing.includes(one))) {
      symlinkSync(join(__dirname, "fixture-program.sh"), join(this.programs, name));
    }
    for (const folder of [
      "etc/sysctl.d",
      "etc/udev/rules.d",
      "etc/systemd/system",
      "run/systemd/system",
      "run",
      "var/lib",
    ])
      mkdirSync(join(this.root, folder), { recursive: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** Puts an adapter of one interface in, with the settings that it has. */
  adapter(
    address: string,
    name: string,
    now: Required<Pick<NicSettings, "mtu" | "txQueueLength">> & { ring: number },
  ): void {
    this.write(`root/sys/class/net/${name}/mtu`, `${now.mtu}\n`);
    this.write(`root/sys/class/net/${name}/tx_queue_len`, `${now.txQueueLength}\n`);
    mkdirSync(join(this.root, `sys/bus/pci/devices/${address}/net/${name}`), { recursive: true });
    this.write(`state/rings/${name}.rx`, `${now.ring}\n`);
    this.write(`state/rings/${name}.tx`, `${now.ring}\n`);
    this.write(`state/pci/${address}`, "2936\n");
  }

  sysctl(name: string, value: string): void {
    this.write(`root/proc/sys/${name.replaceAll(".", "/")}`, `${value.replaceAll(" ", "\t")}\n`);
  }

  private environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    // No folder of system programs besides: nothing may reach an interface of this machine.
    return { PATH: `${this.programs}:/usr/bin:/bin`, GPUDIRECT_ROOT: this.root, GPUDIRECT_STATE: this.state, ...extra };
  }

  /** busybox's shell takes its own programs before those on PATH, but functions before them. */
  private prepared(shell: string, script: string): string {
    if (shell !== "busybox") return script;
    const functions = readdirSync(this.programs).filter((name) => /^[a-z]+$/.test(name));
    return functions.map((name) => `${name}() { command "${this.programs}/${name}" "$@"; }\n`).join("") + script;
  }

  run(script: string, shell = "dash", extra: Readonly<Record<string, string>> = {}, args: readonly string[] = []): Ran {
    rmSync(`${this.state}.calls`, { force: true });
    const [program, ...options] = SHELLS[shell] as readonly [string, ...string[]];
    const { status, stdout, stderr } = spawnSync(program, [...options, "-s", ...args], {
      input: this.prepared(shell, script),
      env: this.environment(extra),
      encoding: "utf8",
    });
    return { code: status, stdout, stderr };
  }

  /** Runs a script where something was mounted before, which ends with it. */
  runPrepared(prepare: string, script: string): Ran {
    const { status, stdout, stderr } = spawnSync(
      "/usr/bin/unshare",
      ["-m", "/bin/sh", "-c", `${prepare}\nexec dash -s`],
      {
        input: script,
        env: this.environment({}),
        encoding: "utf8",
      },
    );
    return { code: status, stdout, stderr };
  }

  /** Starts a script as the leader of a process group, so that signals reach all that it started. */
  start(script: string, shell: string, extra: Readonly<Record<string, string>>) {
    rmSync(`${this.state}.calls`, { force: true });
    const [program, ...options] = SHELLS[shell] as readonly [string, ...string[]];
    const child = spawn(program, [...options, "-s"], { env: this.environment(extra), detached: true });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.stdin.end(this.prepared(shell, script));
    const ended = new Promise<Ran>((resolve) => child.on("close", (code) => resolve({ code, stdout: "", stderr })));
    const signal = (name: NodeJS.Signals) => process.kill(-(child.pid as number), name);
    return { ended, signal };
  }

  /** Calls of programs of the last run. */
  get calls(): number {
    return Number(readFileSync(`${this.state}.calls`, "utf8"));
  }

  /** All calls of programs since the system was made. */
  get log(): string[] {
    return existsSync(`${this.state}.log`) ? readFileSync(`${this.state}.log`, "utf8").trim().split("\n") : [];
  }

  /** All calls of a program since the system was made, as they were given. */
  callsOf(program: string): string[] {
    return this.log.filter((line) => line.startsWith(`${program} `));
  }

  /** Everything that the system has, by path. Folders count too. */
  snapshot(): Record<string, string> {
    const found: Record<string, string> = {};
    const walk = (path: string) => {
      for (const name of readdirSync(join(this.folder, path)).sort()) {
        const below = `${path}/${name}`;
        const stat = lstatSync(join(this.folder, below));
        if (stat.isDirectory()) {
          found[below] = "folder";
          walk(below);
        } else if (stat.isSymbolicLink()) found[below] = `-> ${readlinkSync(join(this.folder, below))}`;
        else {
          // The kernel prints tabs between numbers and takes blanks.
          const text = readFileSync(join(this.folder, below), "utf8");
          const shown = below.startsWith("root/proc/sys/") ? text.replaceAll("	", " ") : text;
          found[below] = `${(stat.mode & 0o777).toString(8)} ${shown}`;
        }
      }
    };
    walk("root");
    walk("state");
    return found;
  }

  setMode(path: string, mode: number): void {
    chmodSync(join(this.folder, path), mode);
  }
}

const SHAPE = withSettingMaps(shapeOf(guestTuningInputs), ["interfaces", "sysctls", "gpuClocks"]);

/** The changes that the layer comes to. */
export const changesOf = (target: Values, observed: Values, previous?: Values): Change[] =>
  decide({ observed: { ...observed }, wanted: { ...target }, previous: previous && { ...previous }, shape: SHAPE });

export type Adapters = Readonly<Record<string, AdapterFacts>>;

/** Facts of an adapter of one interface. */
export const facts = (name: string, owner: Partial<AdapterFacts> = {}): AdapterFacts => ({
  interfaces: [name],
  linkLayer: "ethernet",
  driver: "mlx5_core",
  rdmaDevices: ["mlx5_0"],
  owner: "none",
  carriesRoute: false,
  ...owner,
});

export const scriptOf = (target: Values, observed: Values, adapters: Adapters = {}, previous?: Values): string =>
  applyScript(target, { ...observed, adapters }, changesOf(target, observed, previous));

/** The script of a delete. */
export const returnOf = (target: Values, observed: Values, adapters: Adapters = {}): string =>
  giveBackScript(target, { ...observed, adapters }, changesOf(target, observed, observed));
