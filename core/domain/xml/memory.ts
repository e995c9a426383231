import type { DomainDocument } from "../document";
import { child, childrenOf, descend, element, type XmlElement } from "./element";

/** Memory size, backing and NUMA placement. Every cell that has host nodes is bound to them strictly. */
export function renderMemory(document: DomainDocument): XmlElement[] {
  const cells = Object.values(document.cells);
  const total = cells.reduce((sum, cell) => sum + cell.memoryMiB, 0);
  const elements = [element("memory", { unit: "MiB" }, String(total))];

  const backing: XmlElement[] = [];
  if (document.hugepageKiB !== undefined) {
    backing.push(element("hugepages", {}, [element("page", { size: document.hugepageKiB, unit: "KiB" })]));
  }
  if (document.lockedMemory) backing.push(element("locked"));
  if (backing.length) elements.push(element("memoryBacking", {}, backing));

  const bound = Object.entries(document.cells).filter(([, cell]) => cell.hostNodes !== undefined);
  if (bound.length) {
    const nodes = [...new Set(bound.map(([, cell]) => cell.hostNodes as string))].join(",");
    elements.push(
      element("numatune", {}, [
        element("memory", { mode: "strict", nodeset: nodes }),
        ...bound.map(([id, cell]) => element("memnode", { cellid: id, mode: "strict", nodeset: cell.hostNodes })),
      ]),
    );
  }
  return elements;
}

export function readBacking(domain: XmlElement): Pick<DomainDocument, "hugepageKiB" | "lockedMemory"> {
  const backing = child(domain, "memoryBacking");
  const page = descend(backing, "hugepages", "page");
  return {
    lockedMemory: child(backing, "locked") !== undefined,
    ...(page ? { hugepageKiB: toKiB(page.attributes.size, page.attributes.unit) } : {}),
  };
}

/** Host nodes that each cell is strictly bound to, by cell number. */
export function readHostNodes(domain: XmlElement): Map<string, string> {
  const nodes = new Map<string, string>();
  for (const memnode of childrenOf(child(domain, "numatune"), "memnode")) {
    const { cellid, mode, nodeset } = memnode.attributes;
    if (cellid !== undefined && nodeset !== undefined && mode === "strict") nodes.set(cellid, nodeset);
  }
  return nodes;
}

const KIB_PER_UNIT: Record<string, number> = { KiB: 1, MiB: 1024, GiB: 1024 * 1024 };
export const toKiB = (size: string | undefined, unit = "KiB"): number => Number(size ?? 0) * (KIB_PER_UNIT[unit] ?? 1);
