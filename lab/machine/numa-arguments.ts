import { Refusal } from "../../core/problems";
import type { MachinePlan } from "./machine-plan";

/** Least memory of a node in MiB: the kernel needs room for its own tables on each. */
export const MIN_NODE_MIB = 128;
/** Memory of a node is a multiple of this, in MiB, so that it divides into hugepages. */
const GRAIN_MIB = 2;
/** CPUs of QEMU's q35 without a machine option for more (hw/i386/pc_q35.c, max_cpus). */
const MAX_CPUS = 288;

export interface MachineSize {
  readonly memoryMiB: number;
  readonly cpus: number;
}

/**
 * `-m`, `-smp` and `-numa`: memory in equal parts on the nodes that have memory; CPUs in equal parts on the first nodes
 * that have CPUs, one package per node, so that no two nodes share a cache.
 * @throws Refusal where the size is too small
 */
export function numaArguments(plan: MachinePlan, size: MachineSize): string[] {
  const memory = memoryOfNodes(plan, size.memoryMiB);
  const problems = sizeProblems(memory.filter((mib) => mib > 0).length, size);
  if (problems.length > 0) throw new Refusal(problems);
  const sockets = packages(plan, size.cpus);
  const cores = size.cpus / sockets;
  const total = memory.reduce((sum, mib) => sum + mib, 0);
  const nodes = plan.nodes.flatMap((_, id) => {
    const mib = memory[id] as number;
    const first = id * cores;
    const own = [
      ...(mib > 0 ? [`memdev=m${id}`] : []),
      ...(id < sockets ? [`cpus=${first}${cores > 1 ? `-${first + cores - 1}` : ""}`] : []),
    ];
    return [
      ...(mib > 0 ? ["-object", `memory-backend-ram,id=m${id},size=${mib}M`] : []),
      "-numa",
      ["node", `nodeid=${id}`, ...own].join(","),
    ];
  });
  return [
    "-m",
    `${total}M`,
    "-smp",
    `${size.cpus},sockets=${sockets},cores=${cores},threads=1`,
    ...nodes,
    ...distanceArguments(plan),
  ];
}

/** Largest number of the host's nodes with CPUs that divides the CPUs equally: 1 at least. */
function packages(plan: MachinePlan, cpus: number): number {
  let sockets = Math.min(Math.max(1, plan.nodes.filter((node) => node.cpus).length), cpus);
  while (cpus % sockets !== 0) sockets--;
  return sockets;
}

/** MiB of each node. A node without CPUs and memory gets the minimum, as the kernel would not show it. */
function memoryOfNodes(plan: MachinePlan, memoryMiB: number): number[] {
  const wanted = plan.nodes.map(({ cpus, memory }) => memory || !cpus);
  if (!wanted.includes(true)) wanted[0] = true;
  const count = wanted.filter(Boolean).length;
  const part = Math.floor(memoryMiB / count / GRAIN_MIB) * GRAIN_MIB;
  const rest = Math.floor((memoryMiB - part * count) / GRAIN_MIB) * GRAIN_MIB;
  const first = wanted.indexOf(true);
  return wanted.map((has, index) => (has ? part + (index === first ? rest : 0) : 0));
}

function sizeProblems(nodes: number, { memoryMiB, cpus }: MachineSize) {
  const problems: { path: string; message: string }[] = [];
  if (!Number.isInteger(memoryMiB) || memoryMiB < nodes * MIN_NODE_MIB) {
    const message = `is ${memoryMiB} MiB, but ${nodes} NUMA node${nodes === 1 ? "" : "s"} with memory need ${nodes * MIN_NODE_MIB} MiB at least, ${MIN_NODE_MIB} each; give more, as a whole number`;
    problems.push({ path: "memoryMiB", message });
  }
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > MAX_CPUS) {
    problems.push({ path: "cpus", message: `is ${cpus}, but the machine has 1 to ${MAX_CPUS} CPUs` });
  }
  return problems;
}

function distanceArguments({ nodes }: MachinePlan): string[] {
  return nodes.flatMap(({ distances }, src) =>
    (distances ?? []).flatMap((val, dst) => ["-numa", `dist,src=${src},dst=${dst},val=${val}`]),
  );
}
