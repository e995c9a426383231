import { Refusal } from "../problems";
import type { HostTopology, PciDevice } from "./model";
import { devicesByAddress, nodeOfDevice, type PlacedDevice } from "./walk";

/**
 * NCCL's class of the path between two PCI functions (nccl src/graph/topo.h): LOC the same function, PIX one switch
 * between them, PXB several switches and no host bridge, PHB through the host bridge of one NUMA node, SYS across nodes.
 */
export type PathClass = "LOC" | "PIX" | "PXB" | "PHB" | "SYS";

/** @throws Refusal where the host has no such function */
export function pathClass(host: HostTopology, a: string, b: string): PathClass {
  const [first, second] = placesOf(host, [a, b]);
  return classBetween(first as Place, second as Place);
}

/**
 * Classes of all pairs, by row and column in the order of `addresses`. The tree is walked once.
 * @throws Refusal naming every function that the host lacks
 */
export function pathClasses(host: HostTopology, addresses: readonly string[]): PathClass[][] {
  const places = placesOf(host, addresses);
  return places.map((row) => places.map((column) => classBetween(row, column)));
}

interface Place {
  readonly address: string;
  /** The switches above the function, the topmost first. */
  readonly switches: readonly string[];
  readonly node: number;
}

function placesOf(host: HostTopology, addresses: readonly string[]): Place[] {
  const byAddress = devicesByAddress(host);
  const missing = [...new Set(addresses)].filter((address) => !byAddress.has(address));
  if (missing.length > 0) {
    throw new Refusal(missing.map((address) => ({ path: "", message: `the host has no PCI function ${address}` })));
  }
  return addresses.map((address) => {
    const placed = byAddress.get(address) as PlacedDevice;
    return {
      address,
      switches: placed.bridges.filter(isSwitch).map((bridge) => bridge.address),
      node: nodeOfDevice(host, placed),
    };
  });
}

/**
 * Root ports vanish from NCCL's graph, and an upstream port with its downstream ports is one switch, which the upstream
 * port stands for (nccl src/graph/xml.cc goes up two levels of sysfs at a time).
 */
function isSwitch(bridge: PciDevice): boolean {
  return bridge.port === "upstream-port" || bridge.port === "pci-bridge";
}

function classBetween(a: Place, b: Place): PathClass {
  if (a.address === b.address) return "LOC";
  let shared = 0;
  while (shared < a.switches.length && a.switches[shared] === b.switches[shared]) shared++;
  if (shared === 0) return a.node === b.node ? "PHB" : "SYS";
  const onPath = a.switches.length - shared + (b.switches.length - shared) + 1;
  return onPath === 1 ? "PIX" : "PXB";
}
