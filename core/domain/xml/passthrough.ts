import type { DomainDocument, GuestDevice } from "../document";
import { addressAlias, readAddressAlias } from "./alias";
import type { Controllers } from "./controllers";
import { child, childrenOf, element, type XmlElement } from "./element";
import { hostAddressElement, pciAddressElement, readHostAddress } from "./pci-address";
import type { ControllersRead } from "./read-controllers";

/**
 * Passed-through functions. In a rehearsal an emulated endpoint takes the place of each: a virtio display (class 0300
 * for the primary one, 0380) for a GPU, an e1000e (0200) for a NIC, a virtio entropy source for anything else.
 */
export function renderPassthrough(document: DomainDocument, controllers: Controllers): XmlElement[] {
  let primary = true;
  const render = (address: string): XmlElement => {
    const device = document.devices[address] as GuestDevice;
    const at = controllers.devices.get(address);
    const place = [addressAlias(address), ...(at ? [pciAddressElement(at)] : [])];
    switch (device.standIn) {
      case undefined:
        return element("hostdev", { mode: "subsystem", type: "pci", managed: "yes" }, [
          element("driver", { name: "vfio" }),
          element("source", {}, [hostAddressElement(address)]),
          element("rom", { bar: "off" }),
          ...place,
        ]);
      case "gpu": {
        const model = element("model", { type: "virtio", heads: 1, primary: primary ? "yes" : "no" });
        primary = false;
        return element("video", {}, [model, ...place]);
      }
      case "nic":
        return element("interface", { type: "user" }, [
          element("model", { type: "e1000e" }),
          element("rom", { enabled: "no" }),
          ...place,
        ]);
      default:
        return element("rng", { model: "virtio" }, [element("backend", { model: "random" }, "/dev/urandom"), ...place]);
    }
  };
  return Object.keys(document.devices).sort().map(render);
}

const STAND_INS = { video: "gpu", interface: "nic", rng: "other" } as const;

export function readPassthrough(devices: XmlElement | undefined, tree: ControllersRead): DomainDocument["devices"] {
  const read: DomainDocument["devices"] = {};
  for (const device of devices?.children ?? []) {
    const standIn = STAND_INS[device.name as keyof typeof STAND_INS];
    const address = passthroughAddress(device);
    if (address === undefined) continue;
    const place = tree.place(device) ?? { parent: "pcie.0", port: 0 };
    read[address] = standIn ? { ...place, standIn } : place;
  }
  return read;
}

/** Host address of a passed-through function or of its stand-in; undefined for any other device. */
export const passthroughAddress = (device: XmlElement): string | undefined =>
  device.name in STAND_INS ? readAddressAlias(device) : hostdevAddress(device);

function hostdevAddress(device: XmlElement): string | undefined {
  if (device.name !== "hostdev" || device.attributes.type !== "pci") return undefined;
  const source = childrenOf(child(device, "source"), "address")[0];
  return source && readHostAddress(source);
}

/** Whether an `<interface>`, `<video>` or `<rng>` is a rehearsal's stand-in. */
export const isStandIn = (device: XmlElement): boolean =>
  device.name in STAND_INS && passthroughAddress(device) !== undefined;
