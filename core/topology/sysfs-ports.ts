import type { PciDevice, PciRoot } from "./model";

/**
 * Port types by position, for a machine read without root: below a root complex comes a root port, below a root port or
 * a downstream port an upstream port, below that downstream ports. A bridge without link attributes is no PCIe port
 * (linux drivers/pci/pci-sysfs.c shows them on PCIe functions alone): a bridge to conventional PCI.
 */
export function inferPorts(roots: readonly PciRoot[], isPcie: (address: string) => boolean): void {
  const visit = (device: PciDevice, above: PciDevice["port"]) => {
    if (/^060[49]/.test(device.class)) device.port = isPcie(device.address) ? portBelow(above) : "pci-bridge";
    for (const child of device.children ?? []) visit(child, device.port);
  };
  for (const root of roots) for (const device of root.devices) visit(device, undefined);
}

function portBelow(above: PciDevice["port"]): NonNullable<PciDevice["port"]> {
  if (above === undefined || above === "pci-bridge") return "root-port";
  return above === "upstream-port" ? "downstream-port" : "upstream-port";
}
