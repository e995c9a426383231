import type { Problem } from "../../core/problems";
import type { HostTopology, NumaNode } from "../../core/topology/model";
import type { PlannedNode } from "./machine-plan";

/** QEMU's limit (include/sysemu/numa.h, MAX_NODES). */
const MAX_NODES = 128;
const LOCAL = 10;
/** What the kernel takes where firmware gives no distance (linux include/linux/topology.h, REMOTE_DISTANCE). */
const REMOTE = 20;

/**
 * Nodes in the order in which the kernel numbers them: it counts the nodes that have CPUs first, then those with memory
 * alone (linux drivers/acpi/numa/srat.c, acpi_numa_init). On a recorded host this is the host's own order; other
 * numbers, and numbers with gaps, cannot be had from firmware, and the nodes are renumbered.
 */
export function planNodes(host: HostTopology): PlannedNode[] {
  const rank = (node: NumaNode) => (node.cpus !== "" ? 0 : hasMemory(node) ? 1 : 2);
  const ordered = [...host.numaNodes].sort((a, b) => rank(a) - rank(b) || a.id - b.id);
  const anyDistance = ordered.some(({ distances }) => Object.keys(distances ?? {}).length > 0);
  return ordered.map((node) => ({
    hostNode: node.id,
    cpus: node.cpus !== "",
    memory: hasMemory(node),
    ...(anyDistance ? { distances: ordered.map((other) => distance(node, other)) } : {}),
  }));
}

/** What the simulated machine has otherwise than the host file. */
export function nodeNotes(nodes: readonly PlannedNode[]): string[] {
  return nodes.flatMap(({ hostNode, cpus, memory }, id) => [
    ...(hostNode === id ? [] : [`NUMA node ${hostNode} is node ${id} in the simulated machine`]),
    ...(cpus || memory
      ? []
      : [`NUMA node ${hostNode} has memory, as the kernel shows no node without CPUs and memory`]),
  ]);
}

export function nodeProblems(host: HostTopology): Problem[] {
  const problems: Problem[] = [];
  if (host.numaNodes.length > MAX_NODES) {
    const message = `${host.numaNodes.length} NUMA nodes are more than QEMU's ${MAX_NODES}; take nodes without devices out of the host file`;
    problems.push({ path: "numaNodes", message });
  }
  host.numaNodes.forEach((node, index) => {
    for (const [to, value] of Object.entries(node.distances ?? {})) {
      const local = Number(to) === node.id;
      if (local ? value === LOCAL : value > LOCAL) continue;
      const rule = local ? `a node's distance to itself is ${LOCAL}` : `the distance to another node is above ${LOCAL}`;
      const message = `is ${value}, but ${rule} (ACPI SLIT), or the kernel ignores all distances; correct it`;
      problems.push({ path: `numaNodes[${index}].distances["${to}"]`, message });
    }
  });
  return problems;
}

/** Unknown memory counts as memory: NCCL's files, for one, do not say how much a node has. */
function hasMemory({ memoryMiB }: NumaNode): boolean {
  return memoryMiB === undefined || memoryMiB > 0;
}

function distance(from: NumaNode, to: NumaNode): number {
  if (from.id === to.id) return LOCAL;
  return from.distances?.[String(to.id)] ?? to.distances?.[String(from.id)] ?? REMOTE;
}
