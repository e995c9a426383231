import { simulateBuses } from "./guest-buses";
import { controllerProblems } from "./guest-controller-rules";
import { type GuestDomain, readGuestDomain } from "./guest-domain";
import { endpointProblems } from "./guest-endpoint-rules";

/** What a check of a domain XML found. Devices are named by their host address. */
export interface GuestCheck {
  /** Rules that the XML breaks, in words; empty for a sound domain. */
  readonly problems: string[];
  /** Guest PCI address that the firmware gives each passed-through device or stand-in, by host address. */
  readonly devices: Map<string, string>;
  /** NCCL's class of the path between two devices inside the guest. Throws for a device that the domain lacks. */
  pathClass(a: string, b: string): "LOC" | "PIX" | "PXB" | "PHB" | "SYS";
  /** Guest cell of the device's expander bus; undefined where none is given. */
  numaCell(a: string): number | undefined;
}

/**
 * Checks a libvirt domain XML by itself: it knows nothing of how the tree was planned and shares no code with core.
 * The guest's bus numbers are those that firmware gives by counting depth first.
 */
export function checkGuest(xml: string): GuestCheck {
  const domain = readGuestDomain(xml);
  const buses = simulateBuses(domain);
  const problems = [...domain.problems, ...controllerProblems(domain), ...buses.problems, ...endpointProblems(domain)];
  const devices = new Map<string, string>();
  const places = new Map<string, { switches: number[]; cell: number | undefined; guest: string }>();
  for (const device of domain.endpoints) {
    if (device.host === undefined) continue;
    const bus = buses.numberOf.get(device.bus);
    const guest = `0000:${hex(bus ?? 0)}:${hex(device.slot)}.${device.fn}`;
    if (bus === undefined) problems.push(`${device.host}: its bus ${device.bus} is not reached from any root bus`);
    devices.set(device.host, guest);
    places.set(device.host, { ...above(domain, device.bus), guest });
  }
  const place = (address: string) => {
    const found = places.get(address);
    if (!found) throw new Error(`the domain has no device ${address}`);
    return found;
  };
  return {
    problems,
    devices,
    numaCell: (address) => place(address).cell,
    pathClass(a, b) {
      if (a === b) return "LOC";
      const one = place(a);
      const two = place(b);
      const common = one.switches.filter((index) => two.switches.includes(index)).length;
      if (common > 0) return one.switches.length + two.switches.length - 2 * common === 0 ? "PIX" : "PXB";
      return (one.cell ?? 0) === (two.cell ?? 0) ? "PHB" : "SYS";
    },
  };
}

/** Upstream ports above a bus, by controller index, and the cell of the expander bus at the top. */
function above(domain: GuestDomain, bus: number): { switches: number[]; cell: number | undefined } {
  const switches: number[] = [];
  let cell: number | undefined;
  let index: number | undefined = bus;
  for (let steps = 0; index !== undefined && steps < 256; steps++) {
    const controller = domain.controllers.find((candidate) => candidate.index === index);
    if (controller?.model === "pcie-switch-upstream-port") switches.push(controller.index);
    if (controller?.model === "pcie-expander-bus") {
      cell = controller.node;
      break;
    }
    index = controller?.at?.bus;
  }
  return { switches, cell };
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}
