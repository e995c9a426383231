import type { DomainDocument } from "./document";

type Tree = Pick<DomainDocument, "expanderBuses" | "switches" | "devices">;

/** A port of the guest's tree: a root port below an expander bus, or a downstream port of a switch. */
export interface GuestPort {
  /** Host address of the device, or of the switch's upstream port, that sits below it. */
  readonly key: string;
  readonly parent: string;
  readonly slot: number;
  /** Bus number of the bus behind the port. */
  readonly secondaryBus: number;
  readonly leadsTo: "switch" | "device";
}

export interface BusNumbering {
  /** Ports depth first, expander buses in order of their busNr. */
  readonly ports: ReadonlyMap<string, GuestPort>;
  /** Last bus number below each expander bus. */
  readonly lastBus: ReadonlyMap<string, number>;
}

/**
 * Bus numbers as firmware hands them out: depth first from each expander bus's busNr, ports in slot order, one number
 * for each port and for each upstream port. (SeaBIOS src/fw/pciinit.c pci_bios_init_bus_rec and edk2's
 * PciBusDxe count the same way; seen so in booted guests.)
 */
export function numberBuses(tree: Tree): BusNumbering {
  const children = childrenByParent(tree);
  const ports = new Map<string, GuestPort>();
  const lastBus = new Map<string, number>();
  const buses = Object.entries(tree.expanderBuses).sort(([, a], [, b]) => a.busNr - b.busNr);
  for (const [key, { busNr }] of buses) lastBus.set(key, numberBelow(key, busNr));
  return { ports, lastBus };

  function numberBelow(parent: string, bus: number): number {
    let last = bus;
    for (const child of children.get(parent) ?? []) {
      const port = { ...child, parent, secondaryBus: last + 1 };
      ports.set(child.key, port);
      last = child.leadsTo === "switch" ? numberBelow(child.key, last + 2) : last + 1;
    }
    return last;
  }
}

type Child = Pick<GuestPort, "key" | "slot" | "leadsTo">;

function childrenByParent(tree: Tree): Map<string, Child[]> {
  const children = new Map<string, Child[]>();
  const add = (parent: string, child: Child) => {
    const siblings = children.get(parent);
    if (siblings) siblings.push(child);
    else children.set(parent, [child]);
  };
  for (const [key, { parent, port }] of Object.entries(tree.switches))
    add(parent, { key, slot: port, leadsTo: "switch" });
  for (const [key, { parent, port }] of Object.entries(tree.devices))
    add(parent, { key, slot: port, leadsTo: "device" });
  for (const siblings of children.values()) siblings.sort((a, b) => a.slot - b.slot);
  return children;
}

/** Guest address of each device: slot 00, function 0 of the bus behind its port. */
export function guestAddresses(tree: Tree): Record<string, string> {
  const { ports } = numberBuses(tree);
  const addresses: Record<string, string> = {};
  for (const key of Object.keys(tree.devices).sort()) {
    const port = ports.get(key);
    if (port) addresses[key] = `0000:${port.secondaryBus.toString(16).padStart(2, "0")}:00.0`;
  }
  return addresses;
}
