import { spawn } from "node:child_process";
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
import type { Reach, RunOptions, RunResult } from "../../../provider/reach/reach";
import { FakeMachine } from "../../support/fake-sysfs";

/** Shells that scripts are for, where this machine has them. bash reads its start files where it is not called sh. */
export const SHELLS: readonly (readonly [string, ...string[]])[] = [["dash"], ["busybox", "sh"], ["bash", "--norc"]];

export const LIVE = "/var/run/nvidia-topologyd/virtualTopology.xml";

const GPUS = ["0000:26:00.0", "0000:36:00.0"];
/** Listed by the kernel in the order of names: mlx5_10 before mlx5_2. */
const HCAS: Readonly<Record<string, string>> = {
  mlx5_0: "0000:35:00.0",
  mlx5_1: "0000:25:00.0",
  mlx5_10: "0000:27:00.0",
};

/** A port as /sys/class/infiniband shows it. */
export interface FakePort {
  readonly linkLayer?: "Ethernet" | "InfiniBand";
  readonly state?: string;
  readonly subnetManager?: boolean;
  /** `GID, type, interface` by index. */
  readonly gids?: Readonly<Record<number, readonly [string, string, string?]>>;
  readonly pkeys?: readonly string[];
}

/** A guest's file system in a folder, and the scripts that run on it. */
export class FakeGuest {
  readonly root = mkdtempSync(join(tmpdir(), "gpudirect-nccl-"));
  readonly machine = new FakeMachine(this.root);
  /** Scripts that were run. */
  readonly runs: string[] = [];
  shell: readonly [string, ...string[]] = ["dash"];
  path = process.env.PATH ?? "";

  constructor() {
    for (const folder of ["etc", "run/systemd/system", "var/lib/gpudirect", "proc/net"]) this.machine.directory(folder);
    symlinkSync("../run", join(this.root, "var/run"));
    this.pci("0000:20:00.0", "060400", "1b36");
    for (const address of GPUS) {
      this.pci(address, "030200", "10de");
      this.pci(address.replace(/0$/, "1"), "040300", "10de");
    }
    for (const [name, address] of Object.entries(HCAS)) {
      this.pci(address, "020000", "15b3");
      this.port(name, {});
    }
    this.pci("0000:01:00.0", "020000", "1af4");
    this.machine.link("sys/class/net/ens1", "sys/devices/pci0000:00/0000:01:00.0/virtio0/net/ens1");
    this.machine.link("sys/class/net/lo", "sys/devices/virtual/net/lo");
    this.routes("ens1");
  }

  /** A function on a root bus: where it hangs is not asked here. */
  pci(address: string, pciClass: string, vendor: string): void {
    this.machine.pci(`pci0000:00/${address}`, { class: `0x${pciClass}`, vendor: `0x${vendor}` }, {});
  }

  /** First port of an RDMA device of HCAS. */
  port(name: string, port: FakePort): void {
    const owner = `ens${HCAS[name]?.slice(5, 7)}`;
    const gids = port.gids ?? {
      0: ["fe80:0000:0000:0000:0000:00ff:fe00:0001", "IB/RoCE v1", owner],
      1: ["fe80:0000:0000:0000:0000:00ff:fe00:0001", "RoCE v2", owner],
      3: ["0000:0000:0000:0000:0000:ffff:0a00:0001", "RoCE v2", owner],
    };
    const device = `sys/devices/pci0000:00/${HCAS[name]}/infiniband/${name}`;
    const isNew = !existsSync(join(this.root, device));
    rmSync(join(this.root, device), { recursive: true, force: true });
    if (isNew) {
      this.machine.link(`sys/class/infiniband/${name}`, device);
      this.machine.link(`sys/class/net/${owner}`, `sys/devices/pci0000:00/${HCAS[name]}/net/${owner}`);
    }
    this.ports(device, { ...port, gids });
  }

  /** Another port of a device that has one. */
  furtherPort(name: string, number: number, port: FakePort): void {
    this.ports(`sys/devices/pci0000:00/${HCAS[name]}/infiniband/${name}`, port, number);
  }

  /** A soft device on an interface. */
  softDevice(name: string, parent: string): void {
    const device = `sys/devices/virtual/infiniband/${name}`;
    this.machine.link(`sys/class/infiniband/${name}`, device);
    this.machine.file(`${device}/parent`, `${parent}\n`);
    this.ports(device, { gids: {} });
  }

  private ports(device: string, port: FakePort, number = 1): void {
    const { linkLayer = "Ethernet", state = "4: ACTIVE", subnetManager = false, gids = {}, pkeys = ["0xffff"] } = port;
    const put = (path: string, text: string) => this.machine.file(`${device}/ports/${number}/${path}`, `${text}\n`);
    put("link_layer", linkLayer);
    put("state", state);
    put("sm_lid", subnetManager ? "0x1" : "0x0");
    for (let index = 0; index < 8; index++) {
      const [gid = "0000:0000:0000:0000:0000:0000:0000:0000", type, owner] = gids[index] ?? [];
      put(`gids/${index}`, gid);
      if (type !== undefined) put(`gid_attrs/types/${index}`, type);
      if (owner !== undefined) put(`gid_attrs/ndevs/${index}`, owner);
      put(`pkeys/${index}`, pkeys[index] ?? "0x0000");
    }
  }

  /** Default routes by interface and metric. */
  routes(...lines: readonly (string | readonly [string, number])[]): void {
    const rows = lines.map((line) => {
      const [name, metric] = typeof line === "string" ? [line, 0] : line;
      return `${name}\t00000000\t0100000A\t0003\t0\t0\t${metric}\t00000000\t0\t0\t0`;
    });
    const heading = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
    this.file("/proc/net/route", `${[heading, ...rows].join("\n")}\n`);
  }

  file(path: string, text: string | Buffer, mode?: number): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
    if (mode !== undefined) chmodSync(join(this.root, path), mode);
  }

  read(path: string): string | undefined {
    const full = join(this.root, path);
    return existsSync(full) ? readFileSync(full, "utf8") : undefined;
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  /** All files outside /sys and /proc: mode and content, a link's target, or that it is a folder. */
  snapshot(): Record<string, string> {
    const found: Record<string, string> = {};
    const visit = (path: string): void => {
      for (const name of readdirSync(join(this.root, path)).sort()) {
        const inside = `${path}/${name}`;
        if (inside === "/sys" || inside === "/proc") continue;
        const full = join(this.root, inside);
        const stat = lstatSync(full);
        const mode = (stat.mode & 0o7777).toString(8);
        if (stat.isSymbolicLink()) found[inside] = `-> ${readlinkSync(full)}`;
        else if (stat.isDirectory()) {
          found[inside] = "folder";
          visit(inside);
        } else found[inside] = `${mode} ${readFileSync(full, "latin1")}`;
      }
    };
    visit("");
    return found;
  }

  /** This guest as a resource reaches it. */
  get reach(): Reach {
    const run = (script: string, options: RunOptions) => this.run(script, options);
    return { machine: "guest", run } as Partial<Reach> as Reach;
  }

  run(script: string, { input = "" }: Pick<RunOptions, "input">): Promise<RunResult> {
    this.runs.push(script);
    const [program, ...words] = this.shell;
    const env = { PATH: this.path, HOME: this.root, GPUDIRECT_ROOT: this.root };
    return new Promise((resolve, reject) => {
      const child = spawn(program, [...words, "-c", script], { env });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on("data", (data: Buffer) => out.push(data));
      child.stderr.on("data", (data: Buffer) => err.push(data));
      child.on("error", reject);
      child.on("close", (code, signal) =>
        resolve({
          exitCode: code ?? (signal === null ? 255 : 143),
          stdout: Buffer.concat(out),
          stderr: Buffer.concat(err).toString(),
        }),
      );
      // A script that ended without reading its input is no failure of the test.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
