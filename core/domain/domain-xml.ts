import type { DomainDocument } from "./document";
import { readBoot, renderBoot } from "./xml/boot";
import { readChannels, renderChannels } from "./xml/channels";
import { controllers } from "./xml/controllers";
import { readCpu, renderCpu } from "./xml/cpu";
import { readDisks, renderDisks } from "./xml/disks";
import { child, element, formatXml, parseXml, type XmlElement } from "./xml/element";
import { readInterfaces, renderInterfaces } from "./xml/interfaces";
import { readBacking, renderMemory } from "./xml/memory";
import { QEMU_NAMESPACE, readMmioWindow, renderMmioWindow } from "./xml/mmio-window";
import { readPassthrough, renderPassthrough } from "./xml/passthrough";
import { readPinning, renderPinning } from "./xml/pinning";
import { readControllers } from "./xml/read-controllers";

/** The libvirt XML of a document, one concern after the other. Same document, same bytes. */
export const renderDomain = (document: DomainDocument): string => formatXml(domainElement(document));

export function domainElement(document: DomainDocument): XmlElement {
  const pci = controllers(document);
  return element("domain", { type: document.type, "xmlns:qemu": QEMU_NAMESPACE }, [
    element("name", {}, document.name),
    ...(document.uuid === undefined ? [] : [element("uuid", {}, document.uuid)]),
    ...renderMemory(document),
    ...renderPinning(document),
    ...renderBoot(document),
    ...renderCpu(document),
    element("devices", {}, [
      ...pci.elements,
      element("controller", { type: "usb", model: "none" }),
      ...renderDisks(document, pci),
      ...renderInterfaces(document, pci),
      ...renderChannels(document, pci),
      ...renderPassthrough(document, pci),
      element("memballoon", { model: "none" }),
    ]),
    ...renderMmioWindow(document),
  ]);
}

/** The document of a domain's XML, as `virsh dumpxml --inactive` prints it. What is not modelled is not in it. */
export const readDomain = (xml: string): DomainDocument => documentOf(parseXml(xml));

export function documentOf(domain: XmlElement): DomainDocument {
  const devices = child(domain, "devices");
  const tree = readControllers(devices);
  const uuid = child(domain, "uuid")?.text;
  return {
    name: child(domain, "name")?.text ?? "",
    type: domain.attributes.type === "kvm" ? "kvm" : "qemu",
    ...(uuid === undefined ? {} : { uuid }),
    ...readBoot(domain),
    ...readCpu(domain),
    ...readPinning(domain),
    ...readBacking(domain),
    ...readMmioWindow(domain),
    expanderBuses: tree.expanderBuses,
    switches: tree.switches,
    devices: readPassthrough(devices, tree),
    disks: readDisks(devices, tree),
    interfaces: readInterfaces(devices, tree),
    ...readChannels(devices),
  };
}
