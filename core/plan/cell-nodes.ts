import type { HostEndpoint } from "../layout/host-switches";
import { joinPath, type Problem } from "../problems";
import type { HostTopology, NumaNode } from "../topology/model";
import type { GuestRequest } from "./request";

/**
 * Host NUMA nodes that get a guest cell, ascending: those of the wanted devices and those that the request gives CPUs
 * or memory. A guest without any gets the lowest node. The guest cell is the position in the list.
 */
export function cellNodes(
  host: HostTopology,
  request: GuestRequest,
  devices: readonly HostEndpoint[],
  problems: Problem[],
): NumaNode[] {
  const known = new Map(host.numaNodes.map((node) => [node.id, node]));
  const ids = new Set(devices.map(({ numaNode }) => numaNode));
  for (const key of Object.keys(request.cells ?? {})) {
    if (known.has(Number(key))) ids.add(Number(key));
    else {
      const nodes = [...known.keys()].join(", ");
      problems.push({ path: joinPath("cells", key), message: `the host has no NUMA node ${key}; it has ${nodes}` });
    }
  }
  const lowest = host.numaNodes[0];
  if (ids.size === 0 && lowest) ids.add(lowest.id);
  return [...ids]
    .sort((a, b) => a - b)
    .map((id) => known.get(id))
    .filter((node) => node !== undefined);
}

/** Distance of two host nodes; without a table 10 for a node itself and 20 for any other, as Linux assumes. */
export const nodeDistance = (from: NumaNode, to: NumaNode): number =>
  from.distances?.[String(to.id)] ?? (from.id === to.id ? 10 : 20);

/** A node known to have no memory of its own. */
export const isMemoryless = (node: NumaNode): boolean => node.memoryMiB === 0;

/** The nearest node that has memory; ties go to the lower number. */
export function nearestWithMemory(host: HostTopology, node: NumaNode): NumaNode | undefined {
  return host.numaNodes
    .filter((other) => !isMemoryless(other))
    .sort((a, b) => nodeDistance(node, a) - nodeDistance(node, b) || a.id - b.id)[0];
}
