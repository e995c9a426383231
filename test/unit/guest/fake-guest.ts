import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { observeScript, type TuningQuestion } from "../../../core/guest/observe-script";
import { FakeMachine } from "../../support/fake-sysfs";

/** Shells that this machine has, of those that the scripts are for. */
export const SHELLS = [["dash"], ["bash"], ["busybox", "sh"]].filter(
  ([shell = "", ...args]) => spawnSync(shell, [...args, "-c", "true"]).status === 0,
);

/** What the script may use; nothing else of this machine is on its PATH. */
const UTILITIES = ["cat", "ls", "grep", "awk", "od", "sed", "tr", "readlink", "sha256sum", "sh"];

const pathOf = (program: string): string =>
  spawnSync("sh", ["-c", `command -v ${program}`])
    .stdout.toString()
    .trim();

/** A system of files and programs, each to be added by a test. */
export class FakeGuest extends FakeMachine {
  private readonly bin: string;

  constructor() {
    super(mkdtempSync(join(tmpdir(), "gpudirect-guest-")));
    this.bin = join(this.root, "fixture-bin");
    mkdirSync(this.bin);
    for (const name of UTILITIES) {
      symlinkSync(pathOf(name), join(this.bin, name));
    }
  }

  /** A program on PATH: lines of sh. */
  program(name: string, body: string): void {
    const file = join(this.bin, name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** What the script prints here. */
  observe(
    sysctls: readonly string[] = [],
    shell: readonly string[] = ["sh"],
    env: Record<string, string> = {},
    asks: Partial<TuningQuestion> = {},
  ): string {
    const [program = "sh", ...args] = shell;
    const run = spawnSync(pathOf(program), [...args, "-s"], {
      input: observeScript({ sysctls, gpus: true, qos: true, ...asks }),
      env: { PATH: this.bin, GPUDIRECT_ROOT: this.root, ...env },
    });
    assert.equal(run.stderr?.toString(), "", "the script must not print errors");
    assert.equal(run.status, 0);
    return run.stdout.toString();
  }

  /** A function of a network adapter with a PCI Express capability, whose MaxReadReq is given. */
  nic(
    path: string,
    kind: { vendor: string; driver: string; class?: string; readRequest?: number; plain?: boolean },
  ): void {
    const address = path.slice(path.lastIndexOf("/") + 1);
    const attributes = { class: kind.class ?? "0x020000", vendor: kind.vendor, device: "0x1017" };
    this.pci(path, attributes, kind.plain ? {} : { portType: 0 });
    if (!kind.plain) this.file(`sys/devices/${path}/config`, configSpace(kind.readRequest ?? 512));
    this.pciLink(path, "driver", `bus/pci/drivers/${kind.driver}`);
    assert.match(address, /^[0-9a-f:.]+$/);
  }

  /** An interface below a device of /sys/devices. */
  interface(path: string, name: string, index: number, attributes: Record<string, string>): void {
    const full = `sys/devices/${path}/net/${name}`;
    const all = { mtu: "1500", tx_queue_len: "1000", type: "1", ifindex: String(index), ...attributes };
    for (const [attribute, value] of Object.entries(all)) this.file(`${full}/${attribute}`, `${value}\n`);
    this.link(`${full}/device`, `sys/devices/${path}`);
    this.link(`sys/class/net/${name}`, full);
  }

  rdma(path: string, name: string, attributes: Record<string, string> = {}): void {
    const full = `sys/devices/${path}/infiniband/${name}`;
    this.file(`${full}/node_guid`, "0\n");
    for (const [attribute, value] of Object.entries(attributes)) this.file(`${full}/${attribute}`, `${value}\n`);
    this.link(`sys/class/infiniband/${name}`, full);
  }
}

/** Config space with the PCI Express capability behind another one, at 60h; Device Control's other bits are set. */
function configSpace(readRequest: number): Buffer {
  const bytes = Buffer.alloc(4096);
  bytes[0x06] = 0x10;
  bytes[0x34] = 0x48;
  bytes.writeUInt16LE(0x6005, 0x48);
  bytes.writeUInt16LE(0x0010, 0x60);
  bytes.writeUInt16LE((Math.log2(readRequest / 128) << 12) | 0x093f, 0x68);
  return bytes;
}

export const ringsText = (rx: number, rxMax: number, tx: number, txMax: number, name = "eth0"): string =>
  `Ring parameters for ${name}:
Pre-set maximums:
RX:\t\t${rxMax}
RX Mini:\tn/a
RX Jumbo:\tn/a
TX:\t\t${txMax}
TX push buff len:\tn/a
Current hardware settings:
RX:\t\t${rx}
RX Mini:\tn/a
RX Jumbo:\tn/a
TX:\t\t${tx}
RX Buf Len:\t\tn/a
CQE Size:\t\tn/a
TX Push:\toff`;

export const QOS_TEXT = `DCBX mode: OS controlled
Priority trust state: dscp
dscp2prio mapping:
	prio:0 dscp:07,06,05,04,03,02,01,00,
	prio:3 dscp:26,24,
default priority:
Receive buffer size (bytes): 20016,156096,0,0,0,0,0,0,
Cable len: 7
PFC configuration:
	priority    0   1   2   3   4   5   6   7
	enabled     0   0   0   1   0   0   0   0
	buffer      0   0   0   1   0   0   0   0
tc: 0 ratelimit: unlimited, tsa: vendor
	 priority:  1`;

const ETH = "pci0000:20/0000:20:01.0/0000:23:00.0";
const IB = "pci0000:20/0000:20:02.0/0000:24:00.0";
const VIRTIO = "pci0000:00/0000:00:03.0";
const E1000E = "pci0000:00/0000:00:04.0";
const USB = "pci0000:00/0000:00:14.0";

/** A guest with a ConnectX of each link layer, a virtio NIC of the default route, Soft-RoCE on another, 2 GPUs, an NVSwitch. */
export function buildGuest(guest: FakeGuest): void {
  guest.nic(ETH, { vendor: "0x15b3", driver: "mlx5_core", readRequest: 512 });
  guest.interface(ETH, "enp35s0np0", 3, { phys_port_name: "p0" });
  guest.interface(ETH, "enp35s0r0", 9, { phys_port_name: "pf0vf0" });
  guest.rdma(ETH, "mlx5_0", { "ports/1/gid_attrs/ndevs/0": "enp35s0np0" });
  guest.nic("pci0000:20/0000:20:01.0/0000:23:00.1", { vendor: "0x15b3", driver: "mlx5_core" });
  guest.pciLink("pci0000:20/0000:20:01.0/0000:23:00.1", "physfn", `devices/${ETH}`);
  guest.nic(IB, { vendor: "0x15b3", driver: "mlx5_core", class: "0x020700", readRequest: 4096 });
  guest.interface(IB, "ibp36s0", 4, { type: "32", mode: "datagram", mtu: "2044", tx_queue_len: "256" });
  guest.interface(IB, "ibp36s0.8001", 8, { type: "32", mode: "datagram", mtu: "1000", parent: "ibp36s0" });
  guest.rdma(IB, "mlx5_1");
  guest.nic(VIRTIO, { vendor: "0x1af4", driver: "virtio-pci", plain: true });
  guest.interface(`${VIRTIO}/virtio0`, "ens3", 2, {});
  guest.nic(E1000E, { vendor: "0x8086", driver: "e1000e" });
  guest.interface(E1000E, "ens4", 5, { mtu: "9000", tx_queue_len: "10000" });
  guest.rdma("virtual", "rxe0", { parent: "ens4" });
  guest.pci(USB, { class: "0x0c0330", vendor: "0x8086", device: "0x1bcd" }, {});
  guest.interface(`${USB}/usb1/1-1/1-1:1.0`, "usb0", 6, {});
  guest.nic("pci0000:00/0000:00:05.0", { vendor: "0x15b3", driver: "vfio-pci" });
  for (const address of ["0000:17:00.0", "0000:18:00.0"]) {
    guest.pci(`pci0000:15/${address}`, { class: "0x030200", vendor: "0x10de", device: "0x20b0" }, {});
  }
  guest.pci("pci0000:15/0000:19:00.0", { class: "0x068000", vendor: "0x10de", device: "0x1af1" }, {});
  const header = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
  const routes = [
    "ens3\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "enp35s0np0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
  ];
  guest.file("proc/net/route", `${[header, ...routes].join("\n")}\n`);
  guest.file("proc/sys/net/core/rmem_max", "212992\n");
  guest.file("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
  guest.file("proc/sys/net/ipv4/conf/ens3.100/arp_ignore", "2\n");
  guest.file("proc/sys/kernel/osrelease", "5.15.0-101-generic\n");
  guest.file(
    "proc/1/limits",
    "Limit Soft Hard Units\nMax locked memory         8388608              8388608              bytes     \n",
  );
  guest.directory("run/systemd/system");
  guest.directory("sys/module/nvidia");
  guest.directory("sys/module/nvidia_peermem");
  guest.file(
    "proc/driver/nvidia/version",
    "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\nGCC version:  gcc version 11\n",
  );
  guest.program("setpci", "exit 0");
  guest.program(
    "ethtool",
    `[ "$1" = -g ] || exit 1
case $2 in
enp35s0np0) cat <<'EOF'
${ringsText(1024, 8192, 1024, 8192, "enp35s0np0")}
EOF
;;
ens4) cat <<'EOF'
${ringsText(256, 4096, 256, 4096, "ens4")}
EOF
;;
*) echo 'netlink error: Operation not supported' >&2; exit 95 ;;
esac`,
  );
  guest.program("mlnx_qos", `[ "$*" = "-i enp35s0np0" ] && cat <<'EOF'\n${QOS_TEXT}\nEOF`);
}
