import type { DomainDocument } from "../document";
import { child, childrenOf, element, type XmlElement } from "./element";

/**
 * `<driver ats='on'/>` of a PCI controller. libvirt keeps it in the definition and hands it to QEMU for virtio devices
 * alone (libvirt src/qemu/qemu_command.c, qemuBuildVirtioDevProps).
 */
export const renderAts = ({ controllerAts }: Pick<DomainDocument, "controllerAts">): XmlElement[] =>
  controllerAts === undefined ? [] : [element("driver", { ats: controllerAts })];

/** Controllers that only a planned tree has: libvirt and users add root ports of their own, without the element. */
const OF_THE_TREE = ["pcie-expander-bus", "pcie-switch-upstream-port", "pcie-switch-downstream-port"];

export function readAts(devices: XmlElement | undefined): Pick<DomainDocument, "controllerAts"> {
  const pci = childrenOf(devices, "controller").filter(({ attributes }) => attributes.type === "pci");
  const hasAts = (controller: XmlElement) => child(controller, "driver")?.attributes.ats === "on";
  const tree = pci.filter(({ attributes }) => OF_THE_TREE.includes(attributes.model ?? ""));
  return pci.some(hasAts) && tree.every(hasAts) ? { controllerAts: "on" } : {};
}
