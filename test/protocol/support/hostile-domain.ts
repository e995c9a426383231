import type { PlainObject } from "../../../core/diff/plain";
import { smallDomain } from "../../engine/support/settings";
import { between, oneOf } from "./hostile-draw";
import { drop, put } from "./hostile-places";
import type { Subject } from "./hostile-subject";

const small: PlainObject = smallDomain("small");

const large: PlainObject = {
  ...small,
  name: "train-0",
  type: "kvm",
  machine: "q35",
  uuid: "0d3a7c1e-5b0f-4d5b-9d5f-3f3f4b1c2d3e",
  host: "node7",
  connection: { ssh: { address: "10.0.0.7", user: "root", port: 22, connectTimeoutSeconds: 10 } },
  firmware: "uefi",
  boot: { kernel: "/boot/vmlinuz", initrd: "/boot/initrd.img", commandLine: "console=ttyS0 quiet" },
  guestAgent: true,
  verifyGuest: true,
  restart: "graceful",
  cpu: { mode: "host-passthrough", sockets: 2, cores: 4, threads: 1, physicalAddressBits: 46 },
  cells: {
    0: { cpus: "0-3", memoryMiB: 2048, hostNodes: "0", distances: { 0: 10, 1: 21 } },
    1: { cpus: "4-6,7", memoryMiB: 4096, hostNodes: "1", distances: { 0: 21, 1: 10 } },
  },
  vcpuPins: { 0: "0-3", 7: "12" },
  emulatorPin: "8-11",
  hugepageKiB: 2048,
  lockedMemory: true,
  mmio64MiB: 262144,
  switches: { "0000:16:00.0": { parent: "0000:15", port: 0 }, "0000:26:00.0": { parent: "0000:16:00.0", port: 3 } },
  devices: {
    "0000:18:00.0": { parent: "0000:16:00.0", port: 0 },
    "0000:19:00.0": { parent: "0000:26:00.0", port: 1 },
    "0000:81:00.0": { parent: "0000:80", port: 0 },
  },
  expectedDevices: { "0000:18:00.0": "10de:2330", "0000:19:00.0": "15b3:1021" },
  disks: {
    root: { source: { file: "/var/lib/x.qcow2" }, format: "qcow2", rootPort: 3 },
    data: { source: { block: "/dev/vg/data" }, format: "raw", readOnly: true },
    shared: { source: { pool: "default", volume: "shared" } },
  },
  interfaces: {
    lan: { network: "default", mac: "52:54:00:12:34:56", rootPort: 5 },
    storage: { bridge: "br0" },
  },
  notChecked: [],
  stopTimeoutSeconds: 60,
  verifyTimeoutSeconds: 60,
  consoleLog: "/var/log/train-0.log",
};

const PCI = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;
const ROOT = /^[0-9a-f]{4,8}:[0-9a-f]{2}$/;
const DECIMAL = /^\d{1,4}$/;
const NAME = /^[A-Za-z0-9_-]{1,40}$/;
// Empty lists are lists.
const CPUS = /^$|^\d+(-\d+)?(,\d+(-\d+)?)*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: paths must hold none
const PATH = /^\/[^\x00-\x1f\x7f]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a command line must hold none
const LINE = /^(?!\s*$)[^\x00-\x1f\x7f]+$/;
const NONE = /(?!)/;
// With a connection, a machine may have any name.
const MACHINE = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$/;
const INT = Number.MAX_SAFE_INTEGER;

export const domain: Subject = {
  name: "Domain",
  samples: [small, large],
  objects: [
    "cpu",
    "cells.*",
    "expanderBuses.*",
    "switches.*",
    "devices.*",
    "disks.*",
    "disks.*.source",
    "interfaces.*",
    "boot",
    "connection",
    "connection.ssh",
  ],
  maps: {
    cells: DECIMAL,
    "cells.*.distances": DECIMAL,
    vcpuPins: DECIMAL,
    expanderBuses: ROOT,
    switches: PCI,
    devices: PCI,
    disks: NAME,
    interfaces: NAME,
    expectedDevices: PCI,
  },
  required: [
    "name",
    "cpu",
    "cpu.sockets",
    "cpu.cores",
    "cpu.threads",
    "cells",
    "cells.*.cpus",
    "cells.*.memoryMiB",
    "expanderBuses.*.busNr",
    "expanderBuses.*.slot",
    "switches.*.parent",
    "devices.*.parent",
    "devices.*.port",
    "disks.*.source",
    "disks.*.source.file",
    "disks.*.source.volume",
    "boot.kernel",
    "connection.ssh.address",
  ],
  texts: {
    name: /^[A-Za-z0-9_+:@][A-Za-z0-9_.+:@-]{0,199}$/,
    type: NONE,
    machine: NONE,
    uuid: /^[0-9a-f-]{36}$/i,
    host: MACHINE,
    firmware: NONE,
    restart: NONE,
    "cpu.mode": NONE,
    "cells.*.cpus": CPUS,
    "cells.*.hostNodes": CPUS,
    "vcpuPins.*": CPUS,
    emulatorPin: CPUS,
    "switches.*.parent": NONE,
    "devices.*.parent": NONE,
    "devices.*.standIn": NONE,
    "expectedDevices.*": NONE,
    "disks.*.source.file": PATH,
    "disks.*.source.block": PATH,
    "disks.*.format": NONE,
    "interfaces.*.mac": NONE,
    "interfaces.*.bridge": /^[^\s/]{1,15}$/,
    "boot.kernel": PATH,
    "boot.initrd": PATH,
    "boot.commandLine": LINE,
    consoleLog: PATH,
    "connection.ssh.address": /^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/,
    "connection.ssh.user": /^[A-Za-z0-9_][A-Za-z0-9_.+@\\-]*$/,
  },
  integers: {
    "cpu.sockets": [1, 256],
    "cpu.cores": [1, 1024],
    "cpu.threads": [1, 8],
    "cpu.physicalAddressBits": [32, 64],
    "cells.*.memoryMiB": [1, INT],
    "cells.*.distances.*": [10, 255],
    "expanderBuses.*.busNr": [1, 254],
    "expanderBuses.*.slot": [0, 31],
    "expanderBuses.*.cell": [0, INT],
    "switches.*.port": [0, 31],
    "devices.*.port": [0, 31],
    "disks.*.rootPort": [1, 30],
    "interfaces.*.rootPort": [1, 30],
    hugepageKiB: [4, INT],
    mmio64MiB: [1, INT],
    stopTimeoutSeconds: [1, 86_400],
    verifyTimeoutSeconds: [1, 86_400],
    "connection.ssh.port": [1, 65_535],
    "connection.ssh.connectTimeoutSeconds": [1, 600],
  },
  unions: [],
  nonsense: {
    "a parent that is not there": (sample, draw) => {
      const keys = oneOf(draw, [
        ["devices", "0000:18:00.0", "parent"],
        ["switches", "0000:16:00.0", "parent"],
      ]);
      return {
        inputs: put(sample, keys, oneOf(draw, ["0000:77", "0000:77:00.0", "0001:15", "0000:18:00.0"])),
        at: [keys],
      };
    },
    "switches in a circle": (sample, draw) => {
      const length = between(draw, 1, 200);
      const keys = Array.from({ length }, (_, index) => address(index + 1));
      const ring = Object.fromEntries(keys.map((key, at) => [key, { parent: keys[(at + 1) % length], port: at % 32 }]));
      const wrong = { ...sample, switches: { ...(sample.switches as PlainObject), ...ring } };
      return { inputs: wrong, at: [["switches"]] };
    },
    "a long chain of switches": (sample, draw) => {
      const length = between(draw, 250, 400);
      const keys = Array.from({ length }, (_, index) => address(index + 1));
      const chain = Object.fromEntries(keys.map((key, at) => [key, { parent: keys[at - 1] ?? "0000:80", port: 5 }]));
      const wrong = { ...sample, switches: { ...(sample.switches as PlainObject), ...chain } };
      return { inputs: wrong, at: [["switches"], ["expanderBuses"]] };
    },
    "two at one port": (sample, draw) => {
      const twin = { parent: "0000:16:00.0", port: 0 };
      const list = oneOf(draw, ["devices", "switches"]);
      return { inputs: put(sample, [list, "0000:99:00.0"], twin), at: [["devices"], ["switches"]] };
    },
    "bus numbers that collide": (sample, draw) => {
      // The small domain has no root ports, so that the low numbers are free.
      const busNr = oneOf(draw, [32, 33, 34, 254, ...(sample.name === "small" ? [] : [1, 3])]);
      const key = [32, 33, 34].includes(busNr) ? "0000:80" : "0000:15";
      return { inputs: put(sample, ["expanderBuses", key, "busNr"], busNr), at: [["expanderBuses"]] };
    },
    "a slot that is taken or not for expander buses": (sample, draw) => {
      const keys = ["expanderBuses", "0000:15", "slot"];
      return { inputs: put(sample, keys, oneOf(draw, [0, 11, 31])), at: [["expanderBuses"]] };
    },
    "a cell that is not there": (sample, draw) => {
      const keys = oneOf(draw, [
        ["expanderBuses", "0000:80", "cell"],
        ["cells", "0", "distances", "7"],
      ]);
      return { inputs: put(sample, keys, between(draw, 20, 200)), at: [keys] };
    },
    "cells with gaps": (sample, draw) => {
      const count = oneOf(draw, [1, 5, 200]);
      const more = Object.fromEntries(
        Array.from({ length: count }, (_, index) => [index + 3, { cpus: "", memoryMiB: 2048 }]),
      );
      return { inputs: { ...sample, cells: { ...(sample.cells as PlainObject), ...more } }, at: [["cells"]] };
    },
    "CPUs that are not there, or twice": (sample, draw) => {
      const keys = ["cells", "0", "cpus"];
      const lists = ["", "0-1", "1", "0,0", "5-1", "0-4294967295", "0-99999999999999999999", "0-65535,".repeat(99)];
      return { inputs: put(sample, keys, `${oneOf(draw, lists)}`.replace(/,$/, "")), at: [["cells"]] };
    },
    "another number of CPUs": (sample, draw) => {
      return { inputs: put(sample, ["cpu", "cores"], between(draw, 5, 1024)), at: [["cells"]] };
    },
    "a pin of no CPU": (sample, draw) => {
      const keys = ["vcpuPins", String(between(draw, 8, 9999))];
      return { inputs: put(sample, keys, "0"), at: [keys] };
    },
    "pins of CPUs that no machine has": (sample, draw) => {
      const list = oneOf(draw, ["0-4294967295", "9-1", `${"1,".repeat(70_000)}1`]);
      const keys = oneOf(draw, [["vcpuPins", "0"], ["emulatorPin"], ["cells", "0", "hostNodes"]]);
      return { inputs: put(sample, keys, list), at: [keys] };
    },
    "memory that hugepages do not divide": (sample, draw) => {
      const memoryMiB = between(draw, 1000, 4000) * 2 + 1;
      const wrong = { ...put(sample, ["cells", "0", "memoryMiB"], memoryMiB), hugepageKiB: 2048 };
      return { inputs: wrong, at: [["cells", "0", "memoryMiB"]] };
    },
    "root ports twice": (sample, draw) => {
      const port = { rootPort: between(draw, 1, 30) };
      const disks = Object.fromEntries(["a", "b"].map((key) => [key, { source: { block: `/dev/${key}` }, ...port }]));
      return { inputs: { ...sample, disks }, at: [["disks"]] };
    },
    "more disks than ports": (sample, draw) => {
      const count = between(draw, 32, 80);
      const names = Array.from({ length: count }, (_, index) => `d${index}`);
      const disks = Object.fromEntries(names.map((name) => [name, { source: { pool: "p", volume: name } }]));
      return { inputs: { ...sample, disks }, at: [["disks"]] };
    },
    "an interface to both or nothing": (sample, draw) => {
      const nic = oneOf(draw, [{}, { network: "default", bridge: "br0" }]);
      return { inputs: put(sample, ["interfaces", "x"], nic), at: [["interfaces", "x"]] };
    },
    "verification without an agent": (sample) => {
      return { inputs: { ...sample, verifyGuest: true, guestAgent: false }, at: [["verifyGuest"]] };
    },
    "host devices that were not checked": (sample, draw) => {
      if (sample.name === "small") return undefined;
      const count = oneOf(draw, [1, 3, 200]);
      const notChecked = Array(count).fill(`IOMMU groups ${"x".repeat(count)}`);
      return { inputs: { ...sample, notChecked }, at: [["notChecked"]] };
    },
    "a machine that is not there": (sample, draw) => {
      const host = oneOf(draw, ["node9", "lokal", "Local", "__proto__", "constructor"]);
      return { inputs: { ...drop(sample, ["connection"]), host }, at: [["host"]] };
    },
    "a connection that says nothing, or too much": (sample, draw) => {
      const ssh = { address: "a" };
      const guestAgent = { host: "local", domain: "x" };
      return {
        inputs: { ...sample, host: "n", connection: oneOf(draw, [{}, { ssh, guestAgent }]) },
        at: [["connection"]],
      };
    },
  },
};

/** PCI addresses by number, in domains that no sample has. */
const address = (index: number): string => `1${index.toString(16).padStart(4, "0")}:00:00.0`;
