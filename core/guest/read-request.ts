import { lockdownMode } from "../topology/lockdown";
import { CAPABILITY_PCIE, findCapability } from "../topology/sysfs-config";

/** MaxReadReq of a function in bytes, or why it has none that can be set. */
export type ReadRequest = { readonly bytes: number } | { readonly lacks: string };

/** Linux include/uapi/linux/pci_regs.h, PCI_EXP_DEVCTL. */
const DEVICE_CONTROL = 0x08;

/** Device Control, bits 14:12: 128 bytes times a power of 2, up to 4096 (PCI Express base specification, 7.5.3.4). */
export function readRequest(config: Uint8Array): ReadRequest {
  if (config.length <= 64) return { lacks: "its capabilities can be read as root alone" };
  const at = findCapability(config, CAPABILITY_PCIE);
  if (at === undefined) return { lacks: "it has no PCI Express capability" };
  return { bytes: 128 << (((config[at + DEVICE_CONTROL + 1] ?? 0) >> 4) & 7) };
}

/**
 * Of a kernel in lockdown, as most are with Secure Boot, nobody writes PCI registers (linux security/security.c,
 * LOCKDOWN_PCI_ACCESS is at or below integrity); undefined where it is not.
 */
export function lockedReadRequest(text: string | undefined): ReadRequest | undefined {
  const mode = lockdownMode(text);
  if (mode === undefined || mode === "none") return undefined;
  return { lacks: `the kernel is in lockdown (${mode}), as with Secure Boot, and lets nobody write PCI registers` };
}
