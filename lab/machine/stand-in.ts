import type { PciDevice } from "../../core/topology/model";
import type { StandIn } from "./machine-plan";

/** What is above a function: a root bus, a PCI Express bridge, or a bus of conventional PCI. */
export type Above = "root" | "express" | "conventional";

/** QEMU's device for a function, and whether it shows PCI Express capabilities there. */
export function standInOf(device: PciDevice, above: Above): { standIn: StandIn; express: boolean } {
  switch (device.port) {
    case "root-port":
      return { standIn: "pcie-root-port", express: true };
    case "upstream-port":
      return { standIn: "x3130-upstream", express: true };
    case "downstream-port":
      return { standIn: "xio3130-downstream", express: true };
    case "pci-bridge":
      if (above === "conventional") return { standIn: "pci-bridge", express: false };
      return { standIn: "pcie-pci-bridge", express: above === "express" || needsExpress(device) };
    case undefined:
      if (above === "root") return { standIn: "pcie-pci-bridge", express: needsExpress(device) };
      return { standIn: "virtio-rng-pci", express: above === "express" };
  }
}

/** Facts that only PCI Express capabilities can show. */
export function needsExpress(device: PciDevice): boolean {
  return (
    device.acs === true ||
    device.ats === true ||
    device.serial !== undefined ||
    device.maxLinkSpeed !== undefined ||
    (device.virtualFunctions ?? 0) > 0
  );
}
