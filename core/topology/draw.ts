import { deviceKind } from "./device-kind";
import type { HostTopology, NumaNode, PciDevice, PciRoot } from "./model";
import { pathClasses } from "./path-class";

export interface DrawOptions {
  /** Draws these functions and what is above them alone. */
  readonly only?: Iterable<string>;
  /** What to call a function instead of its kind and ids, by address: `{"0000:23:00.0": "0000:18:00.0"}`. */
  readonly labels?: ReadonlyMap<string, string>;
}

interface Branch {
  readonly text: string;
  readonly below: readonly Branch[];
}

/**
 * The PCI tree as text, by NUMA node. A switch is one line and its downstream ports are named beside what is behind
 * them, so that a host and a guest that mirrors it draw alike.
 */
export function drawTree(host: HostTopology, options: DrawOptions = {}): string[] {
  const only = options.only === undefined ? undefined : new Set(options.only);
  const byNode = groupRoots(host);
  return [...byNode].flatMap(([node, roots]) => {
    const below = roots.flatMap((root) => {
      const devices = root.devices.flatMap((device) => branches(device, only, options.labels));
      return devices.length === 0 && only ? [] : [{ text: `root complex ${root.address}`, below: devices }];
    });
    if (below.length === 0) return [];
    return [nodeText(host.numaNodes.find(({ id }) => id === node)), ...drawBelow(below, "")];
  });
}

/** Root complexes by NUMA node, nodes ascending, those without a node last. */
function groupRoots(host: HostTopology): Map<number | undefined, PciRoot[]> {
  const groups = new Map<number | undefined, PciRoot[]>(host.numaNodes.map(({ id }) => [id, []]));
  for (const root of host.pciRoots) groups.set(root.numaNode, [...(groups.get(root.numaNode) ?? []), root]);
  return groups;
}

function nodeText(node: NumaNode | undefined): string {
  if (node === undefined) return "no NUMA node";
  const cpus = node.cpus === "" ? "no CPUs" : `CPUs ${node.cpus}`;
  const memory = node.memoryMiB === undefined ? [] : [`${Number((node.memoryMiB / 1024).toFixed(1))} GiB`];
  return [`NUMA node ${node.id}`, cpus, ...memory].join(", ");
}

function branches(
  device: PciDevice,
  only: ReadonlySet<string> | undefined,
  labels: ReadonlyMap<string, string> | undefined,
): Branch[] {
  const below = (device.children ?? []).flatMap((child) => branches(child, only, labels));
  if (only && below.length === 0 && !only.has(device.address)) return [];
  if (device.port === "downstream-port") {
    if (below.length === 0) return only ? [] : [{ text: `empty port ${device.address}`, below }];
    return below.map((child) => ({ ...child, text: `${child.text} (port ${device.address})` }));
  }
  return [{ text: deviceText(device, labels), below }];
}

const PORT_NAMES = {
  "root-port": "root port",
  "upstream-port": "switch",
  "downstream-port": "port",
  "pci-bridge": "PCI bridge",
};
const KIND_NAMES = { gpu: "GPU", nic: "NIC", nvswitch: "NVSwitch", bridge: "bridge", other: "device" };

function deviceText(device: PciDevice, labels: ReadonlyMap<string, string> | undefined): string {
  const label = labels?.get(device.address);
  if (label !== undefined) return `${label} at ${device.address}`;
  if (device.port) return `${PORT_NAMES[device.port]} ${device.address}`;
  const ids = device.vendor && device.device ? `${device.vendor}:${device.device}` : `class ${device.class}`;
  return `${KIND_NAMES[deviceKind(device)]} ${device.address} ${ids}`;
}

function drawBelow(list: readonly Branch[], indent: string): string[] {
  return list.flatMap(({ text, below }, index) => {
    const last = index === list.length - 1;
    return [`${indent}${last ? "└─" : "├─"} ${text}`, ...drawBelow(below, `${indent}${last ? "   " : "│  "}`)];
  });
}

/** Path classes of all pairs as a table; rows and columns are named by `labels`, or by the addresses. */
export function drawMatrix(
  host: HostTopology,
  addresses: readonly string[],
  labels: readonly string[] = addresses,
): string[] {
  const rows = pathClasses(host, addresses).map((classes) => classes.map((name) => (name === "LOC" ? "X" : name)));
  const first = Math.max(0, ...labels.map((label) => label.length));
  const widths = labels.map((label) => Math.max(label.length, 3));
  const row = (name: string, cells: readonly string[]) =>
    [name.padEnd(first), ...cells.map((cell, index) => cell.padEnd(widths[index] ?? 0))].join("  ").trimEnd();
  return [row("", labels), ...rows.map((cells, index) => row(labels[index] ?? "", cells))];
}
