import { element, type XmlElement } from "./element";

/** libvirt's guest address of a device: `bus` is the controller's index, not a bus number. */
export interface ControllerAddress {
  readonly index: number;
  readonly slot: number;
  readonly function?: number;
  readonly multifunction?: boolean;
}

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, "0")}`;

export function pciAddressElement(address: ControllerAddress): XmlElement {
  return element("address", {
    type: "pci",
    domain: "0x0000",
    bus: hex(address.index, 2),
    slot: hex(address.slot, 2),
    function: hex(address.function ?? 0, 1),
    multifunction: address.multifunction ? "on" : undefined,
  });
}

/** Reads `<address type='pci'>`; undefined where the device has none. libvirt writes hexadecimal, users decimal too. */
export function readPciAddress(device: XmlElement): ControllerAddress | undefined {
  const address = device.children.find(isPciAddress);
  if (!address) return undefined;
  return {
    index: Number(address.attributes.bus ?? 0),
    slot: Number(address.attributes.slot ?? 0),
    function: Number(address.attributes.function ?? 0),
    multifunction: address.attributes.multifunction === "on",
  };
}

/** An `<address>` in the guest's PCI tree. */
export const isPciAddress = ({ name, attributes }: XmlElement): boolean =>
  name === "address" && attributes.type === "pci";

/** Any PCI controller, pcie.0 as well. */
export const isPciController = ({ name, attributes }: XmlElement): boolean =>
  name === "controller" && attributes.type === "pci";

/** Splits `DDDD:BB:SS.F` into libvirt's attributes of a `<hostdev>` source address. */
export function hostAddressElement(address: string): XmlElement {
  const [domain = "", bus = "", rest = ""] = address.split(":");
  const [slot = "", fn = ""] = rest.split(".");
  return element("address", { domain: `0x${domain}`, bus: `0x${bus}`, slot: `0x${slot}`, function: `0x${fn}` });
}

/** `DDDD:BB:SS.F` of a `<hostdev>` source address. */
export function readHostAddress(address: XmlElement): string {
  const part = (name: string, digits: number) =>
    Number(address.attributes[name] ?? 0)
      .toString(16)
      .padStart(digits, "0");
  return `${part("domain", 4)}:${part("bus", 2)}:${part("slot", 2)}.${part("function", 1)}`;
}
