import { MAX_READ_REQUESTS, type MaxReadRequest } from "../hardware/bios-effects";

/** Standard capability ids (PCI Code and ID Assignment Specification, chapter 2). */
const CAPABILITY = { powerManagement: 0x01, msi: 0x05, subsystem: 0x0d, express: 0x10, msix: 0x11 } as const;
export type StandardCapability = keyof typeof CAPABILITY;

/** A bit for each capability id. */
export function capabilityBits(names: readonly StandardCapability[]): number {
  return names.reduce((bits, name) => bits + 2 ** CAPABILITY[name], 0);
}

/**
 * ACS of server root ports and PCIe switches: source validation, translation blocking, request, completion and upstream
 * redirection, direct translated P2P (PCI Express base specification, 7.7.11.2).
 */
export const PORT_ACS = 0x5f;
/** ACS of an endpoint: the capability alone, which says that its functions do not reach one another. */
export const ENDPOINT_ACS = 0;
/** Page aligned requests (7.8.9.2). */
export const ATS_CAPABILITY = 0x20;
/** Largest MaxPayload: 128 bytes shifted left by 2, as ConnectX-6 and -7 and PCIe switches of servers have it. */
export const MAX_PAYLOAD = 2;
/** Device/port type of the PCI Express capability (7.5.3.2). */
export const PORT_TYPE = { endpoint: 0, rootComplexIntegrated: 9 } as const;

/** Register value of a link speed: its generation (7.5.3.6). */
const GENERATIONS: readonly string[] = ["2.5", "5.0", "8.0", "16.0", "32.0", "64.0"];

/** Generation of a link speed as sysfs writes it; 0 where there is none or it is none of PCI Express. */
export function generationOf(speed: string | undefined): number {
  return GENERATIONS.indexOf(speed?.split(" ")[0] ?? "") + 1;
}

/** Register value of MaxReadReq. */
export function readRequestCode(bytes: MaxReadRequest): number {
  return MAX_READ_REQUESTS.indexOf(bytes);
}

/** A function whose ids the host file leaves out: QEMU's test device, which no driver binds (QEMU docs/specs/pci-ids). */
export const UNKNOWN_FUNCTION = { vendor: "1b36", device: "0005" } as const;

/** Revisions that lspci shows of datacenter devices, by vendor; the host file has none. Others show 00. */
export const REVISIONS: Readonly<Record<string, number>> = { "10de": 0xa1 };

/** Device id of SR-IOV virtual functions by vendor (pci.ids: "ConnectX Family mlx5Gen Virtual Function"). */
export const VIRTUAL_FUNCTION_IDS: Readonly<Record<string, number>> = { "15b3": 0x101e };
