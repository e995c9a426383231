import type { HostTopology, PciDevice, PciRoot } from "./model";

/** A PCI function and where it is: its root complex and the bridges above it, the topmost first. */
export interface PlacedDevice {
  readonly device: PciDevice;
  readonly root: PciRoot;
  readonly bridges: readonly PciDevice[];
}

/** Every PCI function of the host, depth first in the order of the file. */
export function* placedDevices(host: Pick<HostTopology, "pciRoots">): Generator<PlacedDevice> {
  for (const root of host.pciRoots) yield* below(root, root.devices, []);
}

function* below(root: PciRoot, devices: readonly PciDevice[], bridges: readonly PciDevice[]): Generator<PlacedDevice> {
  for (const device of devices) {
    yield { device, root, bridges };
    if (device.children) yield* below(root, device.children, [...bridges, device]);
  }
}

/** Every PCI function by its address. */
export function devicesByAddress(host: Pick<HostTopology, "pciRoots">): Map<string, PlacedDevice> {
  const byAddress = new Map<string, PlacedDevice>();
  for (const placed of placedDevices(host)) byAddress.set(placed.device.address, placed);
  return byAddress;
}

/**
 * NUMA node of a function: its own, else its root complex's, else the lowest node, as NCCL takes node 0 where sysfs
 * says -1 (nccl src/graph/xml.cc, ncclTopoGetXmlFromSys).
 */
export function nodeOfDevice(host: HostTopology, { device, root }: Pick<PlacedDevice, "device" | "root">): number {
  return device.numaNode ?? root.numaNode ?? Math.min(...host.numaNodes.map((node) => node.id));
}
