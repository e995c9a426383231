/**
 * A link speed in the spelling of sysfs `max_link_speed`, from any spelling that NCCL topology files use: "16 GT/s",
 * "16.0 GT/s PCIe", "2.5 GT/s" (nccl src/graph/topo.cc, kvDictPciGen). Undefined where the text is no speed.
 * The kernel writes one decimal: 2.5, 5.0, 8.0, 16.0, 32.0, 64.0 (linux drivers/pci/probe.c, pci_speed_string).
 */
export function sysfsLinkSpeed(text: string): string | undefined {
  const match = /^(\d{1,3})(?:\.(\d))? ?GT\/s(?: PCIe)?$/.exec(text.trim());
  return match ? `${Number(match[1])}.${match[2] ?? "0"} GT/s PCIe` : undefined;
}
