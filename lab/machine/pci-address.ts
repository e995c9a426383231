import type { Place } from "./machine-plan";

/** `0000:15:01.0` in parts. */
export interface AddressParts extends Place {
  readonly domain: string;
  readonly bus: number;
}

/** Parts of an address in the host file's spelling, which its reader has checked. */
export function addressParts(address: string): AddressParts {
  const [domain = "", bus = "", place = ""] = address.split(":");
  const [slot = "", fn = ""] = place.split(".");
  return { domain, bus: Number.parseInt(bus, 16), slot: Number.parseInt(slot, 16), function: Number.parseInt(fn, 16) };
}

/** Address of a function in PCI domain 0000, the only one that QEMU's q35 has. */
export function functionAddress(bus: number, place: Place): string {
  return `${rootAddress(bus)}:${hex(place.slot, 2)}.${place.function}`;
}

/** Address of a root complex in PCI domain 0000. */
export function rootAddress(bus: number): string {
  return `0000:${hex(bus, 2)}`;
}

/** Order in which firmware and kernel scan a bus. */
export function byPlace(a: Place, b: Place): number {
  return a.slot - b.slot || a.function - b.function;
}

export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
