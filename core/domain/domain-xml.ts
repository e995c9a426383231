import { withAssigned } from "./assigned";
import type { DomainDocument } from "./document";
import { carryUnmodelled } from "./unmodelled";
import { readBoot, readMachineType, renderBoot } from "./xml/boot";
import { readChannels, renderChannels } from "./xml/channels";
import { readAts } from "./xml/controller-ats";
import { controllers } from "./xml/controllers";
import { readCpu, renderCpu } from "./xml/cpu";
import { readDisks, renderDisks } from "./xml/disks";
import { child, element, formatXml, parseXml, type XmlElement } from "./xml/element";
import { readInterfaces, renderInterfaces } from "./xml/interfaces";
import { readBacking, renderMemory } from "./xml/memory";
import { type DomainMetadata, readMetadata, renderMetadata } from "./xml/metadata";
import { QEMU_NAMESPACE, readMmioWindow, withMmioWindow, withoutMmioWindow } from "./xml/mmio-window";
import { readPassthrough, renderPassthrough } from "./xml/passthrough";
import { readPinning, renderPinning } from "./xml/pinning";
import { readControllers } from "./xml/read-controllers";

/** What a defined domain has beyond its document. */
export interface DomainIdentity {
  /** What our element in its `<metadata>` says; undefined where it has no `<metadata>` at all. */
  readonly metadata?: DomainMetadata | undefined;
  /** Canonical machine type that libvirt chose at first define, such as `pc-q35-7.2`; it must outlive a QEMU upgrade. */
  readonly machineType?: string | undefined;
  /** libvirt's number of it, while it runs. */
  readonly runningId?: string | undefined;
}

/** The libvirt XML of a document, one concern after the other. Same document, same bytes. */
export const renderDomain = (document: DomainDocument, identity: DomainIdentity = {}): string =>
  formatXml(domainElement(document, identity));

/**
 * XML to redefine a domain with: the document, and everything in the domain's present XML that is not modelled, each
 * thing where it was. `present` is what `virsh dumpxml --inactive` prints.
 */
export function redefineDomain(present: string, document: DomainDocument, metadata: DomainMetadata): string {
  const found = parseXml(present);
  const { mmio64MiB: _, ...before } = documentOf(found);
  const { mmio64MiB, ...after } = withAssigned(document, before);
  const observed = withoutMmioWindow(found);
  const machineType = readMachineType(observed);
  const modelled = domainElement(before, { metadata: readMetadata(observed), machineType });
  const carried = carryUnmodelled(observed, modelled, domainElement(after, { metadata, machineType }));
  return formatXml(withMmioWindow(carried, { mmio64MiB }));
}

export function domainElement(document: DomainDocument, { metadata, machineType }: DomainIdentity = {}): XmlElement {
  const pci = controllers(document);
  const domain = element("domain", { type: document.type, "xmlns:qemu": QEMU_NAMESPACE }, [
    element("name", {}, document.name),
    ...(document.uuid === undefined ? [] : [element("uuid", {}, document.uuid)]),
    ...renderMetadata(metadata),
    ...renderMemory(document),
    ...renderPinning(document),
    ...renderBoot(document, machineType),
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
  ]);
  return withMmioWindow(domain, document);
}

/** The document of a domain's XML, as `virsh dumpxml --inactive` prints it. What is not modelled is not in it. */
export const readDomain = (xml: string): DomainDocument => documentOf(parseXml(xml));

/** Document and identity of a domain's XML, parsed once. */
export function readDefinition(xml: string): { document: DomainDocument; identity: DomainIdentity } {
  const domain = parseXml(xml);
  const identity = {
    metadata: readMetadata(domain),
    machineType: readMachineType(domain),
    runningId: domain.attributes.id,
  };
  return { document: documentOf(domain), identity };
}

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
    ...readAts(devices),
    expanderBuses: tree.expanderBuses,
    switches: tree.switches,
    devices: readPassthrough(devices, tree),
    disks: readDisks(devices, tree),
    interfaces: readInterfaces(devices, tree),
    ...readChannels(devices),
  };
}
