import { Occupied } from "./occupied";
import type { XmlElement } from "./xml/element";
import { type ControllerAddress, isPciAddress, isPciController, readPciAddress } from "./xml/pci-address";

/** Where things that the document does not model stay, in a tree whose controllers are counted anew. */
export interface KeptPlaces {
  /** PCI controllers that carry them: libvirt's additions, and those of a user. */
  readonly controllers: readonly XmlElement[];
  /** The device at its guest address; without one where that is taken or gone, so that libvirt assigns another. */
  atItsPlace(device: XmlElement): XmlElement;
}

/** Index of pcie.0. */
const ROOT = 0;

/**
 * Keeps guest addresses of what is not modelled: on pcie.0, and behind controllers on pcie.0 that the document has none
 * of. Below expander buses the document alone says what there is: one more port there would move the bus numbers that
 * it plans. The arguments are the `<devices>` of a domain as it is, as modelled from that, and as wanted.
 */
export function keptPlaces(observed: XmlElement, modelled: XmlElement, wanted: XmlElement): KeptPlaces {
  const occupied = new Occupied(wanted);
  const modelledPlaces = new Set(
    pciControllers(modelled)
      .map(placeOnRoot)
      .filter((place) => place !== undefined),
  );
  const newIndex = new Map([[ROOT, ROOT]]);
  const atNewIndex = (address: ControllerAddress): ControllerAddress | undefined => {
    const index = newIndex.get(address.index);
    return index === undefined ? undefined : { ...address, index };
  };
  const controllers: XmlElement[] = [];
  const keep = (controller: XmlElement, address: ControllerAddress) => {
    const moved = atNewIndex(address);
    if (!moved || !occupied.hasFirstFunction(moved) || !occupied.take(moved)) return;
    const index = occupied.nextIndex();
    newIndex.set(Number(controller.attributes.index), index);
    const attributes = { ...controller.attributes, index: String(index) };
    controllers.push(occupied.withFreeChassis(withBus({ ...controller, attributes }, moved.index)));
  };
  const isModelled = (controller: XmlElement) => modelledPlaces.has(placeOnRoot(controller) ?? "");
  forEachFromRoot(
    pciControllers(observed).filter((controller) => !isModelled(controller)),
    keep,
  );
  return {
    controllers,
    atItsPlace(device) {
      const address = readPciAddress(device);
      const moved = address && atNewIndex(address);
      if (moved && occupied.take(moved)) return withBus(device, moved.index);
      return address ? { ...device, children: device.children.filter((inner) => !isPciAddress(inner)) } : device;
    },
  };
}

/** PCI controllers but pcie.0. */
const pciControllers = (devices: XmlElement): XmlElement[] =>
  devices.children.filter((inner) => isPciController(inner) && readPciAddress(inner) !== undefined);

/** Calls with each controller below pcie.0 after the one that it hangs on: indices are in no such order. */
function forEachFromRoot(
  controllers: readonly XmlElement[],
  visit: (controller: XmlElement, address: ControllerAddress) => void,
): void {
  const below = new Map<number, XmlElement[]>();
  for (const controller of controllers) {
    const bus = readPciAddress(controller)?.index ?? ROOT;
    below.set(bus, [...(below.get(bus) ?? []), controller]);
  }
  const walk = (index: number) => {
    const found = (below.get(index) ?? []).map((controller) => ({ controller, address: readPciAddress(controller) }));
    below.delete(index);
    // Function 0 first: without it a guest sees no other function of the slot.
    found.sort((a, b) => (a.address?.function ?? 0) - (b.address?.function ?? 0));
    for (const { controller, address } of found) {
      if (address) visit(controller, address);
      walk(Number(controller.attributes.index));
    }
  };
  walk(ROOT);
}

/** A controller's place on pcie.0; undefined for one deeper down. */
function placeOnRoot(controller: XmlElement): string | undefined {
  const address = readPciAddress(controller);
  return address?.index === ROOT ? `${address.slot}.${address.function ?? 0}` : undefined;
}

function withBus(device: XmlElement, index: number): XmlElement {
  const bus = `0x${index.toString(16).padStart(2, "0")}`;
  const children = device.children.map((inner) =>
    isPciAddress(inner) ? { ...inner, attributes: { ...inner.attributes, bus } } : inner,
  );
  return { ...device, children };
}
