/** MaxReadReq of a function in bytes, or why it has none that can be set. */
export type ReadRequest = { readonly bytes: number } | { readonly lacks: string };

/** Numbers of linux include/uapi/linux/pci_regs.h. */
const CAPABILITIES_POINTER = 0x34;
const CAPABILITY_PCIE = 0x10;
const DEVICE_CONTROL = 0x08;

/** Device Control, bits 14:12: 128 bytes times a power of 2, up to 4096 (PCI Express base specification, 7.5.3.4). */
export function readRequest(config: Uint8Array): ReadRequest {
  if (config.length <= 64) return { lacks: "its capabilities can be read as root alone" };
  let at = (config[CAPABILITIES_POINTER] ?? 0) & 0xfc;
  for (let steps = 0; at >= 0x40 && steps < 48; steps++) {
    if (config[at] === CAPABILITY_PCIE) return { bytes: 128 << (((config[at + DEVICE_CONTROL + 1] ?? 0) >> 4) & 7) };
    at = (config[at + 1] ?? 0) & 0xfc;
  }
  return { lacks: "it has no PCI Express capability" };
}

/**
 * Of a kernel in lockdown, as most are with Secure Boot, nobody writes PCI registers (linux security/security.c,
 * LOCKDOWN_PCI_ACCESS is at or below integrity); undefined where it is not. The file reads `none [integrity] confidentiality`.
 */
export function lockedReadRequest(text: string | undefined): ReadRequest | undefined {
  const [, mode] = /\[(integrity|confidentiality)\]/.exec(text ?? "") ?? [];
  if (mode === undefined) return undefined;
  return { lacks: `the kernel is in lockdown (${mode}), as with Secure Boot, and lets nobody write PCI registers` };
}
