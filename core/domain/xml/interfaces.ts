import type { DomainDocument } from "../document";
import { namedAlias, readNamedAlias } from "./alias";
import type { Controllers } from "./controllers";
import { child, childrenOf, element, type XmlElement } from "./element";
import { isStandIn } from "./passthrough";
import { pciAddressElement } from "./pci-address";
import type { ControllersRead } from "./read-controllers";

/** virtio network interfaces on a libvirt network or a host bridge. */
export function renderInterfaces(document: DomainDocument, controllers: Controllers): XmlElement[] {
  return Object.keys(document.interfaces)
    .sort()
    .map((name) => {
      const { network, bridge, mac } = document.interfaces[name] as DomainDocument["interfaces"][string];
      return element("interface", { type: network === undefined ? "bridge" : "network" }, [
        ...(mac === undefined ? [] : [element("mac", { address: mac })]),
        element("source", { network, bridge }),
        element("model", { type: "virtio" }),
        namedAlias("net", name),
        pciAddressElement(controllers.ownedBy({ kind: "interface", name })),
      ]);
    });
}

export function readInterfaces(devices: XmlElement | undefined, tree: ControllersRead): DomainDocument["interfaces"] {
  const interfaces: DomainDocument["interfaces"] = {};
  for (const nic of childrenOf(devices, "interface")) {
    const name = interfaceName(nic);
    if (name === undefined) continue;
    const mac = child(nic, "mac")?.attributes.address;
    const { network, bridge } = child(nic, "source")?.attributes ?? {};
    const rootPort = tree.rootPort(nic);
    interfaces[name] = {
      ...(network === undefined ? {} : { network }),
      ...(bridge === undefined || network !== undefined ? {} : { bridge }),
      ...(mac === undefined ? {} : { mac }),
      ...(rootPort === undefined ? {} : { rootPort }),
    };
  }
  return interfaces;
}

/** Name of an interface that the document models: one on a network or a bridge. */
export function interfaceName(nic: XmlElement): string | undefined {
  const { type = "" } = nic.attributes;
  if (nic.name !== "interface" || isStandIn(nic) || !["network", "bridge"].includes(type)) return undefined;
  return readNamedAlias(nic, "net") ?? child(nic, "mac")?.attributes.address?.replace(/:/g, "-");
}
