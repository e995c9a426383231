import { readFileSync } from "node:fs";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { GpuVm, type GpuVmArgs } from "../../components";

const config = new pulumi.Config();
const name = config.get("name") ?? "train-0";

// Storage, network and cloud-init are the libvirt provider's.
const pool = new libvirt.Pool("images", {
  name: `${name}-images`,
  type: "dir",
  target: { path: config.get("folder") ?? `/var/lib/libvirt/${name}` },
});

const root = new libvirt.Volume("root", {
  name: "root.qcow2",
  pool: pool.name,
  target: { format: { type: "qcow2" } },
  // A cloud image with the NVIDIA driver and the QEMU guest agent: a URL, or a path on this machine.
  create: { content: { url: config.require("image") } },
});

const cloudInit = new libvirt.CloudinitDisk("cloud-init", {
  name: `${name}-cloud-init`,
  metaData: JSON.stringify({ "instance-id": name, "local-hostname": name }),
  userData: `#cloud-config\n${JSON.stringify({ ssh_authorized_keys: config.getObject<string[]>("sshKeys") ?? [] })}\n`,
});

const seed = new libvirt.Volume("seed", {
  name: "cloud-init.iso",
  pool: pool.name,
  target: { format: { type: "raw" } },
  create: { content: { url: cloudInit.path } },
});

const network = new libvirt.Network("lan", {
  name: `${name}-lan`,
  autostart: true,
  forward: { mode: "nat" },
  ips: [{ address: "10.99.0.1", prefix: 24, dhcp: { ranges: [{ start: "10.99.0.10", end: "10.99.0.99" }] } }],
});

// The machine is ours: its PCI tree needs what the libvirt provider's domain cannot say. Volumes and network come in by id.
const vm = new GpuVm("vm", {
  name,
  gpus: config.getNumber("gpus") ?? "all",
  disks: {
    root: { source: { volume: root.id } },
    seed: { source: { pool: pool.id, volume: seed.name }, format: "raw", readOnly: true },
  },
  interfaces: { lan: { network: network.id } },
  ...rehearsal(),
});

export const guestAddresses = vm.guestAddresses;
export const rails = vm.plan.rails;

/** With `rehearse` set: emulated endpoints on the tree of the host in `hostFile`, booted from `kernel` and `initrd`. */
function rehearsal(): Partial<GpuVmArgs> {
  if (!config.getBoolean("rehearse")) return {};
  return {
    rehearse: true,
    firmware: "bios",
    topology: JSON.parse(readFileSync(config.require("hostFile"), "utf8")),
    boot: { kernel: config.require("kernel"), initrd: config.require("initrd"), commandLine: "console=ttyS0 quiet" },
  };
}
