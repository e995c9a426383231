import { cpuNumbers, formatCpuList } from "../topology/cpu-list";
import { deviceKind } from "../topology/device-kind";
import type { HostTopology, PortType } from "../topology/model";
import { devicesByAddress, nodeOfDevice, type PlacedDevice, placedDevices } from "../topology/walk";
import { guestAddresses } from "./bus-numbers";
import type { DomainDocument, GuestDevice } from "./document";

/**
 * Compares what a guest sees (its own PCI tree and NUMA nodes, read inside it) with the document. One line for each
 * difference, naming the host address of the device and what to look at; empty when the guest equals the plan.
 */
export function compareGuestTree(document: DomainDocument, guest: HostTopology): string[] {
  return [...compareCells(document, guest), ...compareDevices(document, guest)];
}

function compareDevices(document: DomainDocument, guest: HostTopology): string[] {
  const differences: string[] = [];
  const inGuest = devicesByAddress(guest);
  const addresses = guestAddresses(document);
  for (const [host, address] of Object.entries(addresses)) {
    const planned = document.devices[host] as GuestDevice;
    const found = inGuest.get(address);
    const tell = (what: string) => differences.push(`${host}: ${what}`);
    if (!found) {
      tell(`nothing is at guest address ${address}, where the plan puts it`);
      continue;
    }
    if (!looksLike(planned, found)) tell(`guest address ${address} holds a function of class ${found.device.class}`);
    const [wanted, there] = [plannedPorts(document, planned.parent), portsAbove(found)];
    if (wanted.join() !== there.join()) {
      tell(`guest address ${address} is below ${spell(there)}, but the plan has ${spell(wanted)}`);
    }
    const cell = expanderBusOf(document, planned.parent)?.cell;
    const node = nodeOfDevice(guest, found);
    if (cell !== undefined && node !== cell) {
      tell(`guest address ${address} is on guest NUMA node ${node}, but the plan has cell ${cell}`);
    }
  }
  return [...differences, ...unplanned(document, guest, new Set(Object.values(addresses)))];
}

/** A stand-in shows its own class; a real device keeps the host's, which the document does not hold. */
function looksLike(planned: GuestDevice, { device }: PlacedDevice): boolean {
  switch (planned.standIn) {
    case "gpu":
      return device.class.startsWith("0300") || device.class.startsWith("0380");
    case "nic":
      return device.class.startsWith("0200");
    case "other":
      return deviceKind(device) === "other";
    case undefined:
      return deviceKind(device) !== "bridge";
  }
}

/** Port types above a device, root port first. */
function plannedPorts(document: DomainDocument, parent: string): PortType[] {
  const above = document.switches[parent];
  if (!above) return ["root-port"];
  return [...plannedPorts(document, above.parent), "upstream-port", "downstream-port"];
}

const portsAbove = ({ bridges }: PlacedDevice): PortType[] => bridges.map(({ port }) => port ?? "pci-bridge");
const spell = (ports: readonly PortType[]): string => ports.join(" > ") || "no port";

function expanderBusOf(document: DomainDocument, parent: string): DomainDocument["expanderBuses"][string] | undefined {
  const above = document.switches[parent];
  return above ? expanderBusOf(document, above.parent) : document.expanderBuses[parent];
}

/** Endpoints below the plan's expander buses that the plan does not have. */
function unplanned(document: DomainDocument, guest: HostTopology, planned: ReadonlySet<string>): string[] {
  const roots = new Map(
    Object.entries(document.expanderBuses).map(([key, { busNr }]) => [
      `0000:${busNr.toString(16).padStart(2, "0")}`,
      key,
    ]),
  );
  const extra: string[] = [];
  for (const { device, root } of placedDevices(guest)) {
    const key = roots.get(root.address);
    if (key === undefined || deviceKind(device) === "bridge" || planned.has(device.address)) continue;
    extra.push(`${key}: guest address ${device.address} holds a device that the plan does not have`);
  }
  for (const [bus, key] of roots) {
    if (!guest.pciRoots.some(({ address }) => address === bus)) extra.push(`${key}: the guest has no root bus ${bus}`);
  }
  return extra;
}

/** The same CPUs are the same text: `1,0` and `0-1`. */
const inOrder = (cpus: string): string => formatCpuList(cpuNumbers(cpus));

function compareCells(document: DomainDocument, guest: HostTopology): string[] {
  const differences: string[] = [];
  const nodes = new Map(guest.numaNodes.map((node) => [String(node.id), node]));
  for (const [id, cell] of Object.entries(document.cells)) {
    const node = nodes.get(id);
    if (!node) {
      differences.push(`cell ${id}: the guest has no NUMA node ${id}`);
      continue;
    }
    if (inOrder(node.cpus) !== inOrder(cell.cpus))
      differences.push(`cell ${id}: the guest has CPUs ${node.cpus}, the plan ${cell.cpus}`);
    for (const [to, distance] of Object.entries(cell.distances ?? {})) {
      const seen = node.distances?.[to];
      if (seen !== undefined && seen !== distance) {
        differences.push(`cell ${id}: the guest's distance to node ${to} is ${seen}, the plan's ${distance}`);
      }
    }
  }
  for (const id of nodes.keys()) {
    if (!(id in document.cells)) differences.push(`node ${id}: the plan has no cell ${id}`);
  }
  return differences;
}
