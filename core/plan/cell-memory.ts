import { joinPath, type Problem } from "../problems";
import type { HostTopology, NumaNode } from "../topology/model";
import { isMemoryless, nearestWithMemory } from "./cell-nodes";
import type { GuestRequest } from "./request";

export interface CellMemory {
  readonly memoryMiB: number;
  /** Host node that the memory is bound to. */
  readonly hostNode: number;
}
export interface MemoryPlan {
  readonly cells: readonly CellMemory[];
  readonly hugepageKiB: number | undefined;
}
interface Findings {
  readonly problems: Problem[];
  readonly warnings: string[];
  readonly defaults: string[];
  readonly notChecked: string[];
}

/** Ordinary pages are planned by the MiB, the unit of the document. */
const PAGE_KIB = { "1GiB": 1024 * 1024, "2MiB": 2048, none: 1024 } as const;
/** A guest kernel wants memory in each cell that has devices; a node without memory lends it from the nearest one. */
const BORROWED_MIB = 4096;
const DEFAULT_MIB = 4096;

/** Gives each cell its memory, in whole pages, on its own node or on the nearest one with memory. */
export function planMemory(
  host: HostTopology,
  nodes: readonly NumaNode[],
  request: GuestRequest,
  findings: Findings,
): MemoryPlan {
  const pageKiB = PAGE_KIB[request.hugepages];
  const hugepageKiB = request.hugepages === "none" ? undefined : pageKiB;
  if (request.cells && request.memoryGiB !== undefined) {
    findings.problems.push({
      path: "memoryGiB",
      message: "is the total, but cells give sizes by node; use one of both",
    });
  }
  const sizes = request.cells
    ? sizesByNode(nodes, request, findings)
    : request.memoryGiB === undefined
      ? defaultSizes(host, nodes, hugepageKiB, findings)
      : spreadTotal(nodes, request, request.memoryGiB, findings);

  const cells = nodes.map((node, index): CellMemory => {
    const memoryMiB = sizes[index] as number;
    if (request.cells?.[String(node.id)]?.memoryGiB !== undefined && (memoryMiB * 1024) % pageKiB !== 0) {
      const path = joinPath(joinPath("cells", String(node.id)), "memoryGiB");
      findings.problems.push({ path, message: indivisible(memoryMiB / 1024, request.hugepages) });
    }
    if (!isMemoryless(node)) return { memoryMiB, hostNode: node.id };
    const lender = nearestWithMemory(host, node) ?? node;
    findings.warnings.push(
      `NUMA node ${node.id} has no memory of its own; its cell gets ${memoryMiB / 1024} GiB of node ${lender.id}`,
    );
    return { memoryMiB, hostNode: lender.id };
  });
  if (hugepageKiB !== undefined) checkPools(host, cells, hugepageKiB, request, findings);
  else checkNodeMemory(host, cells, request, findings);
  return { cells, hugepageKiB };
}

function sizesByNode(nodes: readonly NumaNode[], request: GuestRequest, { problems }: Findings): number[] {
  return nodes.map((node) => {
    const gib = request.cells?.[String(node.id)]?.memoryGiB;
    if (gib !== undefined) return gib * 1024;
    if (isMemoryless(node)) return BORROWED_MIB;
    problems.push({
      path: joinPath("cells", String(node.id)),
      message: `devices of NUMA node ${node.id} are in the guest, but its cell has no memory; give it memoryGiB`,
    });
    return 0;
  });
}

/** All hugepages of a node, less what it lends to nodes without memory. */
function defaultSizes(
  host: HostTopology,
  nodes: readonly NumaNode[],
  hugepageKiB: number | undefined,
  { defaults }: Findings,
): number[] {
  const lenders = nodes.filter(isMemoryless).map((node) => nearestWithMemory(host, node)?.id);
  return nodes.map((node) => {
    if (isMemoryless(node)) return BORROWED_MIB;
    const pages = hugepageKiB === undefined ? undefined : node.hugepages?.[String(hugepageKiB)];
    const lent = lenders.filter((id) => id === node.id).length * BORROWED_MIB;
    const own = ((pages ?? 0) * (hugepageKiB ?? 0)) / 1024 - lent;
    if (own > 0) return own;
    defaults.push(`memory of the cell for NUMA node ${node.id}: ${DEFAULT_MIB / 1024} GiB, because none was given`);
    return DEFAULT_MIB;
  });
}

function spreadTotal(
  nodes: readonly NumaNode[],
  request: GuestRequest,
  totalGiB: number,
  { problems }: Findings,
): number[] {
  const pageKiB = PAGE_KIB[request.hugepages];
  const pages = (totalGiB * 1024 * 1024) / pageKiB;
  const owners = nodes.filter((node) => !isMemoryless(node)).length;
  const borrowed = (BORROWED_MIB * 1024) / pageKiB;
  const own = pages - (nodes.length - owners) * borrowed;
  if (!Number.isInteger(pages)) {
    problems.push({ path: "memoryGiB", message: indivisible(totalGiB, request.hugepages) });
  } else if (own < owners) {
    const least = ((owners + (nodes.length - owners) * borrowed) * pageKiB) / 1024 / 1024;
    problems.push({
      path: "memoryGiB",
      message: `${totalGiB} GiB leave a cell without memory: the guest has ${nodes.length} cells; give at least ${least} GiB`,
    });
  }
  const each = Math.floor(own / Math.max(1, owners));
  let left = Math.floor(own) - each * owners;
  return nodes.map((node) => {
    if (isMemoryless(node)) return BORROWED_MIB;
    const extra = left > 0 ? 1 : 0;
    left -= extra;
    return ((each + extra) * pageKiB) / 1024;
  });
}

const indivisible = (gib: number, page: GuestRequest["hugepages"]): string =>
  page === "none"
    ? `${gib} GiB are no whole number of MiB; round it`
    : `${gib} GiB do not divide into hugepages of ${page}; give a multiple, or set hugepages to a smaller size or "none"`;

function checkPools(
  host: HostTopology,
  cells: readonly CellMemory[],
  pageKiB: number,
  request: GuestRequest,
  { problems, notChecked }: Findings,
): void {
  for (const [id, memoryMiB] of sumByNode(cells)) {
    const pages = host.numaNodes.find((node) => node.id === id)?.hugepages?.[String(pageKiB)];
    const needed = Math.ceil((memoryMiB * 1024) / pageKiB);
    if (pages === undefined) notChecked.push(`hugepages of NUMA node ${id}: the host's facts do not have them`);
    else if (needed > pages) {
      problems.push({
        path: memoryPath(request, id),
        message: `needs ${needed} hugepages of ${request.hugepages} on NUMA node ${id}, but ${pages} are configured; configure more or ask for less memory`,
      });
    }
  }
}

function checkNodeMemory(
  host: HostTopology,
  cells: readonly CellMemory[],
  request: GuestRequest,
  { problems, notChecked }: Findings,
): void {
  for (const [id, memoryMiB] of sumByNode(cells)) {
    const there = host.numaNodes.find((node) => node.id === id)?.memoryMiB;
    if (there === undefined) notChecked.push(`memory of NUMA node ${id}: the host's facts do not have it`);
    else if (memoryMiB > there) {
      problems.push({
        path: memoryPath(request, id),
        message: `needs ${memoryMiB / 1024} GiB on NUMA node ${id}, but it has ${Math.floor(there / 1024)} GiB; ask for less`,
      });
    }
  }
}

const memoryPath = (request: GuestRequest, node: number): string =>
  request.cells ? joinPath(joinPath("cells", String(node)), "memoryGiB") : "memoryGiB";

function sumByNode(cells: readonly CellMemory[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { hostNode, memoryMiB } of cells) sums.set(hostNode, (sums.get(hostNode) ?? 0) + memoryMiB);
  return sums;
}
