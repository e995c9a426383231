import type { DomainDocument } from "../document";
import { assignRootPorts } from "../root-ports";
import { namedAlias, readNamedAlias } from "./alias";
import type { Controllers } from "./controllers";
import { child, childrenOf, element, type XmlElement } from "./element";
import { pciAddressElement } from "./pci-address";
import type { ControllersRead } from "./read-controllers";

type Source = DomainDocument["disks"][string]["source"];

/** virtio disks; `vda` is the one with the lowest root port. The guest sees the address, not the target name. */
export function renderDisks(document: DomainDocument, controllers: Controllers): XmlElement[] {
  const ports = assignRootPorts(document).disks;
  const names = Object.keys(ports).sort((a, b) => (ports[a] as number) - (ports[b] as number));
  return names.map((name, position) => {
    const disk = document.disks[name] as DomainDocument["disks"][string];
    return element("disk", { type: sourceType(disk.source), device: "disk" }, [
      element("driver", { name: "qemu", type: disk.format }),
      element("source", sourceAttributes(disk.source)),
      element("target", { dev: targetName(position), bus: "virtio" }),
      ...(disk.readOnly ? [element("readonly")] : []),
      namedAlias("disk", name),
      pciAddressElement(controllers.ownedBy({ kind: "disk", name })),
    ]);
  });
}

export function readDisks(devices: XmlElement | undefined, tree: ControllersRead): DomainDocument["disks"] {
  const disks: DomainDocument["disks"] = {};
  for (const disk of childrenOf(devices, "disk")) {
    const name = diskName(disk);
    if (name === undefined) continue;
    const rootPort = tree.rootPort(disk);
    disks[name] = {
      source: readSource(child(disk, "source")),
      format: child(disk, "driver")?.attributes.type === "qcow2" ? "qcow2" : "raw",
      readOnly: child(disk, "readonly") !== undefined,
      ...(rootPort === undefined ? {} : { rootPort }),
    };
  }
  return disks;
}

/** Name of a disk that the document models; undefined for CD drives, network disks and all that is no disk. */
export function diskName(disk: XmlElement): string | undefined {
  const { type = "", device = "disk" } = disk.attributes;
  if (disk.name !== "disk" || device !== "disk" || !["file", "block", "volume"].includes(type)) return undefined;
  return readNamedAlias(disk, "disk") ?? child(disk, "target")?.attributes.dev;
}

const sourceType = (source: Source): string => ("file" in source ? "file" : "block" in source ? "block" : "volume");

function sourceAttributes(source: Source): Record<string, string> {
  if ("file" in source) return { file: source.file };
  if ("block" in source) return { dev: source.block };
  // A volume by its id alone has gone through `inNames` before anything is rendered for libvirt.
  return source.pool === undefined ? { volume: source.volume } : { pool: source.pool, volume: source.volume };
}

function readSource(source: XmlElement | undefined): Source {
  const { file, dev, pool, volume } = source?.attributes ?? {};
  if (pool !== undefined && volume !== undefined) return { pool, volume };
  return dev === undefined ? { file: file ?? "" } : { block: dev };
}

/** 0 → vda, 25 → vdz, 26 → vdaa, as Linux counts disks. */
export function targetName(position: number): string {
  let letters = "";
  for (let rest = position; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    letters = String.fromCharCode(97 + (rest % 26)) + letters;
  }
  return `vd${letters}`;
}
