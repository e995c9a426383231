import { joinPath, type Problem } from "../problems";
import { sysfsLinkSpeed } from "./link-speed";
import { type PciDevice, pciAddress } from "./model";
import { attribute, elements, type XmlElement } from "./nccl-elements";

/** Ids that sources of topology files write where they know none: all zeros and all ones are no PCI ids. */
const NO_IDS = new Set(["0000", "ffff"]);

/** NCCL's words for a link that it knows nothing about. */
const NO_LINK = new Set(["", "0", "255", "Unknown", "Unknown speed"]);

/**
 * A `<pci>` element and those below it. An element of class 0604 is a PCIe switch: NCCL writes upstream and downstream
 * ports as one and lists what is behind them directly below (nccl src/graph/xml.cc, ncclTopoGetXmlFromSys).
 * Problems are added to `problems`; undefined where there is no address or class to make a device of.
 */
export function ncclDevice(element: XmlElement, path: string, problems: Problem[]): PciDevice | undefined {
  const problem = (name: string, message: string) => problems.push({ path: `${path}.${name}`, message });
  const hex = (name: string, digits: number): string | undefined => {
    const text = attribute(element, name)?.toLowerCase().replace(/^0x/, "");
    if (text === undefined || text === "") return undefined;
    if (new RegExp(`^[0-9a-f]{${digits}}$`).test(text)) return text;
    problem(name, `"${shown(attribute(element, name))}" is not 0x and ${digits} hexadecimal digits`);
    return undefined;
  };
  const id = (name: string) => {
    const value = hex(name, 4);
    return value === undefined || NO_IDS.has(value) ? undefined : value;
  };

  const busid = attribute(element, "busid")?.toLowerCase();
  const addressed = pciAddress.safeParse(busid);
  if (!addressed.success) {
    const message = busid === undefined ? "is missing" : `"${shown(busid)}" is no PCI address like 0000:17:00.0`;
    problem("busid", message);
  }
  const classCode = hex("class", 6);
  if (attribute(element, "class") === undefined) problem("class", "is missing");

  const speedText = attribute(element, "link_speed");
  const maxLinkSpeed = speedText === undefined || NO_LINK.has(speedText) ? undefined : sysfsLinkSpeed(speedText);
  if (speedText !== undefined && !NO_LINK.has(speedText) && maxLinkSpeed === undefined) {
    problem("link_speed", `"${shown(speedText)}" is no link speed like "32.0 GT/s PCIe"`);
  }
  const widthText = attribute(element, "link_width");
  const hasWidth = widthText !== undefined && !NO_LINK.has(widthText);
  if (hasWidth && !/^([1-9]|[12]\d|3[0-2])$/.test(widthText)) {
    problem("link_width", `"${shown(widthText)}" is no link width of 1-32 lanes`);
  }

  const below = elements(element, "pci");
  const children = below
    .map((child, index) => ncclDevice(child, joinPath(`${path}.pci`, index), problems))
    .filter((child) => child !== undefined);
  const isSwitch = classCode?.startsWith("0604") ?? false;
  if (below.length > 0 && classCode !== undefined && !isSwitch) {
    problem("class", `${classCode} is no PCI bridge (0x060400), yet there are <pci> elements below it`);
  }
  if (!addressed.success || classCode === undefined) return undefined;
  return defined({
    address: addressed.data,
    class: classCode,
    vendor: id("vendor"),
    device: id("device"),
    subsystemVendor: id("subsystem_vendor"),
    subsystemDevice: id("subsystem_device"),
    port: isSwitch ? ("upstream-port" as const) : undefined,
    maxLinkSpeed,
    maxLinkWidth: hasWidth ? Number(widthText) : undefined,
    children: children.length > 0 ? children : undefined,
  });
}

/** The same object without the properties whose value is undefined. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;
}

/** A foreign text, short enough for a message. */
function shown(text: string | undefined): string {
  return JSON.stringify((text ?? "").slice(0, 40)).slice(1, -1);
}
