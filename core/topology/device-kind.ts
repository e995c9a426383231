import type { PciDevice } from "./model";

/** What a PCI function is to this product. Everything that is none of the three stays "other". */
export type DeviceKind = "gpu" | "nic" | "nvswitch" | "bridge" | "other";

const NVIDIA = "10de";

/**
 * Kinds by class code (PCI Code and ID Assignment Specification) and vendor. A GPU is NVIDIA's or AMD's 3D or display
 * controller (VGA class too: workstation cards), not a BMC's VGA chip. NVSwitches are NVIDIA functions of class 0680
 * (bridge, other): pci.ids, "GA100 [A100 NVSwitch]", "GH100 [H100 NVSwitch]".
 */
export function deviceKind(device: Pick<PciDevice, "class" | "vendor" | "port">): DeviceKind {
  const baseAndSub = device.class.slice(0, 4);
  if (device.port !== undefined || baseAndSub === "0604" || baseAndSub === "0609") return "bridge";
  if (baseAndSub === "0302") return "gpu";
  if ((baseAndSub === "0300" || baseAndSub === "0380") && (device.vendor === NVIDIA || device.vendor === "1002")) {
    return "gpu";
  }
  if (baseAndSub === "0680" && device.vendor === NVIDIA) return "nvswitch";
  if (baseAndSub === "0200" || baseAndSub === "0207") return "nic";
  return "other";
}
