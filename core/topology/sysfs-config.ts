import type { PortType } from "./model";

/** What config space says; absent where the bytes could not be read. */
export interface ConfigFacts {
  /** Whether the capabilities could be read: without root the kernel gives the first 64 bytes alone. */
  readonly capabilitiesRead: boolean;
  readonly port?: PortType;
  readonly acs?: boolean;
  readonly ats?: boolean;
  readonly virtualFunctions?: number;
  /** Device serial number: 16 hexadecimal digits, the high half first, as lspci prints it. */
  readonly serial?: string;
}

/**
 * Numbers of linux include/uapi/linux/pci_regs.h, which are those of the PCI Express base specification, chapter 7.
 * Ports by the device/port type of the PCI Express capabilities register, bits 7:4.
 */
const CAPABILITIES_POINTER = 0x34;
export const CAPABILITY_PCIE = 0x10;
const EXTENDED_START = 0x100;
const EXTENDED = { serial: 0x0003, acs: 0x000d, ats: 0x000f, sriov: 0x0010 };
const SRIOV_TOTAL_VFS = 0x0e;
const PORT_TYPES = new Map<number, PortType>([
  [0x4, "root-port"],
  [0x5, "upstream-port"],
  [0x6, "downstream-port"],
  [0x7, "pci-bridge"],
  [0x8, "pci-bridge"],
]);

/** Config space of every function from the probe's section: `@ ADDRESS/config`, then lines of `od -A x -t x1`. */
export function parseConfigDumps(lines: readonly string[]): Map<string, Uint8Array> {
  const dumps = new Map<string, Uint8Array>();
  let bytes = new Uint8Array();
  let address = "";
  let end = 0;
  let repeat = false;
  const finish = () => address && dumps.set(address, bytes.slice(0, end));
  for (const line of lines) {
    const name = /^@ ([^/]+)\/config$/.exec(line)?.[1];
    if (name !== undefined) {
      finish();
      [address, bytes, end, repeat] = [name, new Uint8Array(4096), 0, false];
    } else if (line.startsWith("*")) {
      repeat = true;
    } else {
      const [offsetText = "", ...values] = line.trim().split(/\s+/);
      const offset = Number.parseInt(offsetText, 16);
      if (!(offset <= 4096)) continue;
      if (repeat) for (let at = end; at < offset; at++) bytes[at] = bytes[at - 16] ?? 0;
      bytes.set(values.map((value) => Number.parseInt(value, 16)).slice(0, 4096 - offset), offset);
      end = offset + values.length;
      repeat = false;
    }
  }
  finish();
  return dumps;
}

/** The facts of a function's config space. */
export function configFacts(bytes: Uint8Array): ConfigFacts {
  if (bytes.length <= 64) return { capabilitiesRead: false };
  const pcie = findCapability(bytes, CAPABILITY_PCIE);
  const port = pcie === undefined ? undefined : PORT_TYPES.get((word(bytes, pcie + 2) >> 4) & 0xf);
  const extended = extendedCapabilities(bytes);
  const sriov = extended.get(EXTENDED.sriov);
  const serial = serialNumber(bytes, extended.get(EXTENDED.serial));
  return {
    capabilitiesRead: true,
    ...(port ? { port } : {}),
    acs: extended.has(EXTENDED.acs),
    ats: extended.has(EXTENDED.ats),
    ...(sriov === undefined ? {} : { virtualFunctions: word(bytes, sriov + SRIOV_TOTAL_VFS) }),
    ...(serial ? { serial } : {}),
  };
}

/** Offset of a capability by its id, from the list that begins at 34h. */
export function findCapability(bytes: Uint8Array, id: number): number | undefined {
  let at = (bytes[CAPABILITIES_POINTER] ?? 0) & 0xfc;
  for (let steps = 0; at >= 0x40 && steps < 48; steps++) {
    if (bytes[at] === id) return at;
    at = (bytes[at + 1] ?? 0) & 0xfc;
  }
  return undefined;
}

/** Offsets of extended capabilities by id, from the list at 100h: id 15:0, next offset 31:20. */
function extendedCapabilities(bytes: Uint8Array): Map<number, number> {
  const found = new Map<number, number>();
  let at = EXTENDED_START;
  while (at >= EXTENDED_START && at + 4 <= bytes.length) {
    const id = word(bytes, at);
    const next = (word(bytes, at + 2) >> 4) & 0xffc;
    if ((id === 0 && next === 0) || id === 0xffff) break;
    if (!found.has(id)) found.set(id, at);
    if (next <= at && [...found.values()].includes(next)) break;
    at = next;
  }
  return found;
}

function serialNumber(bytes: Uint8Array, at: number | undefined): string | undefined {
  if (at === undefined || at + 12 > bytes.length) return undefined;
  const digits = [...bytes.slice(at + 4, at + 12)]
    .reverse()
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  return /^(0+|f+)$/.test(digits) ? undefined : digits;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}
