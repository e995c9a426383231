import { child, type XmlElement } from "./xml/element";
import { type ControllerAddress, isPciController, readPciAddress } from "./xml/pci-address";

/** What is taken in a guest's PCI tree: places, indices of controllers, chassis numbers. */
export class Occupied {
  private readonly slots = new Map<string, ControllerAddress[]>();
  private readonly chassis = new Set<string>();
  private controllers = 0;

  /** @param devices the `<devices>` of a domain */
  constructor(devices: XmlElement) {
    for (const device of devices.children) {
      const address = readPciAddress(device);
      if (address) this.take(address);
      if (!isPciController(device)) continue;
      this.controllers += 1;
      const chassis = chassisOf(device);
      if (chassis !== undefined) this.chassis.add(chassis);
    }
  }

  /** Takes a place, unless it is taken. */
  take(address: ControllerAddress): boolean {
    const others = this.inSlotOf(address);
    if (others.some((other) => excludes(address, other))) return false;
    this.slots.set(slotOf(address), [...others, address]);
    return true;
  }

  /** Whether the place is a slot's first function, or that is taken by another one. */
  hasFirstFunction(address: ControllerAddress): boolean {
    return [address, ...this.inSlotOf(address)].some((one) => (one.function ?? 0) === 0);
  }

  /** The index of one more controller. libvirt fills gaps with controllers of its own, so there are none. */
  nextIndex(): number {
    this.controllers += 1;
    return this.controllers - 1;
  }

  /** The controller with a chassis number of its own; it is the same where that is free. */
  withFreeChassis(controller: XmlElement): XmlElement {
    const wanted = chassisOf(controller);
    if (wanted === undefined) return controller;
    let chassis = wanted;
    for (let next = 1; this.chassis.has(chassis); next++) chassis = String(next);
    this.chassis.add(chassis);
    const children = controller.children.map((inner) =>
      inner.name === "target" ? { ...inner, attributes: { ...inner.attributes, chassis } } : inner,
    );
    return { ...controller, children };
  }

  private inSlotOf(address: ControllerAddress): readonly ControllerAddress[] {
    return this.slots.get(slotOf(address)) ?? [];
  }
}

const chassisOf = (controller: XmlElement): string | undefined => child(controller, "target")?.attributes.chassis;

const slotOf = ({ index, slot }: ControllerAddress): string => `${index} ${slot}`;

/** Two places of one slot: the same function, or a first function that says it is the only one. */
const excludes = (a: ControllerAddress, b: ControllerAddress): boolean =>
  (a.function ?? 0) === (b.function ?? 0) || isAlone(a) || isAlone(b);

const isAlone = ({ function: fn = 0, multifunction }: ControllerAddress): boolean => fn === 0 && !multifunction;
