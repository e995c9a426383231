import type { DomainDocument } from "../document";
import { rootPortNumber } from "../root-ports";
import { readAddressAlias } from "./alias";
import { child, childrenOf, type XmlElement } from "./element";
import { readPciAddress } from "./pci-address";

/** A device's place below a port: the key of the bus that the port is on, and its slot there. */
export interface Place {
  readonly parent: string;
  readonly port: number;
}
export interface ControllersRead extends Pick<DomainDocument, "expanderBuses" | "switches"> {
  /** Where a device with a guest address sits; undefined when it has none or is not below a port of the tree. */
  place(device: XmlElement): Place | undefined;
  /** Number of the root port of pcie.0 that a device sits behind. */
  rootPort(device: XmlElement): number | undefined;
}

interface Controller {
  readonly model: string;
  readonly element: XmlElement;
  readonly key: string;
}

/** Reads the PCI tree back. A controller that lost its alias behind our back is keyed by its guest position. */
export function readControllers(devices: XmlElement | undefined): ControllersRead {
  const byIndex = new Map<number, Controller>();
  for (const controller of childrenOf(devices, "controller")) {
    if (controller.attributes.type !== "pci") continue;
    const { model = "", index = "0" } = controller.attributes;
    const key = readAddressAlias(controller) ?? keyByPosition(controller, model, Number(index));
    byIndex.set(Number(index), { model, element: controller, key });
  }
  const parentOf = (device: XmlElement): { controller: Controller; slot: number; fn: number } | undefined => {
    const address = readPciAddress(device);
    const controller = address && byIndex.get(address.index);
    return address && controller ? { controller, slot: address.slot, fn: address.function ?? 0 } : undefined;
  };
  const place = (device: XmlElement): Place | undefined => {
    const port = parentOf(device);
    const bus = port && parentOf(port.controller.element);
    if (!port || !bus) return port && { parent: port.controller.key, port: port.slot };
    return { parent: bus.controller.key, port: bus.slot };
  };

  const read: ControllersRead = {
    expanderBuses: {},
    switches: {},
    place,
    rootPort(device) {
      const bus = parentOf(device);
      const root = bus && parentOf(bus.controller.element);
      return root?.controller.model === "pcie-root" ? rootPortNumber(root.slot, root.fn) : undefined;
    },
  };
  for (const { model, element, key } of byIndex.values()) {
    if (model === "pcie-expander-bus") {
      const target = child(element, "target");
      const node = child(target, "node")?.text;
      read.expanderBuses[key] = {
        busNr: Number(target?.attributes.busNr ?? 0),
        slot: readPciAddress(element)?.slot ?? 0,
        ...(node === undefined ? {} : { cell: Number(node) }),
      };
    } else if (model === "pcie-switch-upstream-port") {
      const at = place(element);
      if (at) read.switches[key] = at;
    }
  }
  return read;
}

function keyByPosition(controller: XmlElement, model: string, index: number): string {
  if (model === "pcie-root") return "pcie.0";
  const number = model === "pcie-expander-bus" ? Number(child(controller, "target")?.attributes.busNr ?? 0) : index;
  const bus = number.toString(16).padStart(2, "0");
  return model === "pcie-expander-bus" ? `ffff:${bus}` : `ffff:${bus}:00.0`;
}
