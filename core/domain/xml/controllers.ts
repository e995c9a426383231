import { type GuestPort, numberBuses } from "../bus-numbers";
import type { DomainDocument } from "../document";
import { type RootPortOwner, rootPorts } from "../root-ports";
import { addressAlias } from "./alias";
import { renderAts } from "./controller-ats";
import { element, type XmlElement } from "./element";
import { type ControllerAddress, pciAddressElement } from "./pci-address";

/** The PCI controllers of a domain, and where everything that hangs on them sits. */
export interface Controllers {
  readonly elements: XmlElement[];
  /** Guest address of each passed-through function, by host address. */
  readonly devices: ReadonlyMap<string, ControllerAddress>;
  /** Guest address behind each root port of pcie.0. */
  ownedBy(owner: RootPortOwner): ControllerAddress;
}

const ROOT_INDEX = 0;
const ownerKey = (owner: RootPortOwner): string => (owner.kind === "agent" ? "agent" : `${owner.kind} ${owner.name}`);

/**
 * Every controller is written out with its index, chassis and address, so that libvirt adds none of its own. Chassis
 * are unique over root and downstream ports (QEMU hw/pci/pcie_port.c keys ports by chassis and slot): a port below an
 * expander bus takes its secondary bus number, a root port of pcie.0 its rank, and those stay below the first busNr.
 */
export function controllers(document: DomainDocument): Controllers {
  const elements: XmlElement[] = [element("controller", { type: "pci", index: ROOT_INDEX, model: "pcie-root" })];
  const devices = new Map<string, ControllerAddress>();
  const owned = new Map<string, ControllerAddress>();
  const add = (model: string, address: ControllerAddress, target?: XmlElement, aliasOf?: string): number => {
    const index = elements.length;
    const content = [
      ...(target ? [target] : []),
      ...renderAts(document),
      ...(aliasOf ? [addressAlias(aliasOf)] : []),
      pciAddressElement(address),
    ];
    elements.push(element("controller", { type: "pci", index, model }, content));
    return index;
  };

  rootPorts(document).forEach((port, rank) => {
    const address = { index: ROOT_INDEX, slot: port.slot, function: port.function, multifunction: port.multifunction };
    const index = add("pcie-root-port", address, portTarget(rank + 1, rank));
    if (port.owner) owned.set(ownerKey(port.owner), { index, slot: 0 });
  });

  const indexOf = new Map<string, number>();
  for (const [key, bus] of sortedBuses(document)) {
    const node = bus.cell === undefined ? [] : [element("node", {}, String(bus.cell))];
    const target = element("target", { busNr: bus.busNr }, node);
    indexOf.set(key, add("pcie-expander-bus", { index: ROOT_INDEX, slot: bus.slot }, target, key));
  }
  for (const port of numberBuses(document).ports.values()) {
    const index = add(
      portModel(port),
      { index: indexOf.get(port.parent) as number, slot: port.slot },
      portTargetOf(port),
    );
    if (port.leadsTo === "device") devices.set(port.key, { index, slot: 0 });
    else indexOf.set(port.key, add("pcie-switch-upstream-port", { index, slot: 0 }, undefined, port.key));
  }
  return { elements, devices, ownedBy: (owner) => owned.get(ownerKey(owner)) as ControllerAddress };

  function portModel(port: GuestPort): string {
    return port.parent in document.expanderBuses ? "pcie-root-port" : "pcie-switch-downstream-port";
  }
}

const portTarget = (chassis: number, port: number): XmlElement =>
  element("target", { chassis, port: `0x${port.toString(16)}` });
const portTargetOf = (port: GuestPort): XmlElement => portTarget(port.secondaryBus, port.slot);

const sortedBuses = (document: DomainDocument) =>
  Object.entries(document.expanderBuses).sort(([, a], [, b]) => a.busNr - b.busNr);
