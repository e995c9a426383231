import type { MachinePlan, Place, PlannedFunction, PlannedRoot, StandIn } from "./machine-plan";
import { presentFunctions } from "./present-functions";

/**
 * Options of each stand-in besides its place. No hot-plug: firmware would keep memory for each empty port. Endpoints
 * have no interrupt vectors, as the table of these would need a BAR.
 */
const OPTIONS: Readonly<Record<StandIn, readonly string[]>> = {
  "pcie-root-port": ["hotplug=off"],
  "x3130-upstream": [],
  "xio3130-downstream": ["hotplug=off"],
  "pcie-pci-bridge": ["msi=off"],
  "pci-bridge": ["shpc=off", "msi=off"],
  "virtio-rng-pci": ["disable-legacy=on", "vectors=0"],
};
/** Ports are told apart by chassis and slot; slots have 13 bits in PCI Express, chassis 8. */
const CHASSIS = 1;

/** `-device` for each root complex and each function that has not vanished. */
export function deviceArguments(plan: MachinePlan, vanished: ReadonlySet<string>): string[] {
  const ids = new Map<string, string>();
  for (const { address, id } of plan.roots) ids.set(address, id);
  for (const { device, id } of plan.functions) ids.set(device.address, id);
  const several = plan.roots.some(({ place }) => place.function > 0);
  return [
    ...plan.roots.flatMap((root) => ["-device", expanderBus(root, several)]),
    ...presentFunctions(plan, vanished).flatMap((planned) => [
      "-device",
      standIn(planned, ids.get(planned.parent ?? planned.root) as string),
    ]),
  ];
}

function expanderBus({ id, bus, node, place }: PlannedRoot, several: boolean): string {
  return [
    "pxb-pcie",
    `id=${id}`,
    "bus=pcie.0",
    at(place),
    ...(several && place.function === 0 ? ["multifunction=on"] : []),
    `bus_nr=${bus}`,
    ...(node === undefined ? [] : [`numa_node=${node}`]),
  ].join(",");
}

function standIn(planned: PlannedFunction, bus: string): string {
  return [
    planned.standIn,
    `id=${planned.id}`,
    `bus=${bus}`,
    at(planned.place),
    ...(planned.multifunction && planned.place.function === 0 ? ["multifunction=on"] : []),
    ...portOptions(planned),
    ...OPTIONS[planned.standIn],
  ].join(",");
}

function portOptions({ standIn, port }: PlannedFunction): string[] {
  if (standIn === "pcie-root-port" || standIn === "xio3130-downstream") return [`chassis=${CHASSIS}`, `slot=${port}`];
  return standIn === "pci-bridge" ? [`chassis_nr=${CHASSIS}`] : [];
}

function at(place: Place): string {
  return `addr=0x${place.slot.toString(16)}.0x${place.function}`;
}
