import type { MachinePlan, PlannedFunction, PlannedRoot } from "./machine-plan";
import { byPlace, functionAddress, rootAddress } from "./pci-address";
import { presentFunctions } from "./present-functions";

/**
 * Addresses in the simulated machine by host file address, for a start in which some functions have vanished: a bridge
 * that is not there moves the bus numbers after it, as on hardware.
 */
export function simulatedAddresses(plan: MachinePlan, vanished: ReadonlySet<string>): ReadonlyMap<string, string> {
  return dealAddresses(plan.roots, presentFunctions(plan, vanished));
}

/**
 * Bus numbers as firmware deals them: depth first from each root bus, bridges of a bus by slot and function, one number
 * for each bridge (SeaBIOS src/fw/pciinit.c, pci_bios_init_bus_rec). The kernel keeps what firmware dealt.
 */
export function dealAddresses(
  roots: readonly PlannedRoot[],
  functions: readonly PlannedFunction[],
): Map<string, string> {
  const behind = new Map<string, PlannedFunction[]>();
  for (const planned of functions) {
    const above = planned.parent ?? planned.root;
    behind.set(above, [...(behind.get(above) ?? []), planned]);
  }
  const addresses = new Map<string, string>();
  const dealBus = (above: string, bus: number): number => {
    let last = bus;
    for (const { device, place, port } of (behind.get(above) ?? []).sort((a, b) => byPlace(a.place, b.place))) {
      addresses.set(device.address, functionAddress(bus, place));
      if (port !== undefined) last = dealBus(device.address, last + 1);
    }
    return last;
  };
  for (const { address, bus } of roots) {
    addresses.set(address, rootAddress(bus));
    dealBus(address, bus);
  }
  return addresses;
}
