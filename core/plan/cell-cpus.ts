import { joinPath, type Problem } from "../problems";
import { cpuNumbers } from "../topology/cpu-list";
import type { NumaNode } from "../topology/model";
import type { GuestRequest } from "./request";

/** CPUs of one guest cell: host CPUs by core, thread siblings together, and those kept for QEMU's own threads. */
export interface CellCpus {
  readonly cores: readonly (readonly number[])[];
  readonly housekeeping: readonly number[];
}
export interface CpuPlan {
  readonly cells: readonly CellCpus[];
  readonly threadsPerCore: number;
}

/**
 * Gives each cell whole cores of its node, after the housekeeping cores. A total is spread evenly, and what a small
 * node cannot give the others do. Without thread siblings in the facts every CPU counts as a core.
 */
export function planCpus(nodes: readonly NumaNode[], request: GuestRequest, problems: Problem[]): CpuPlan {
  const whole = nodes.map(coresOf);
  const threadsPerCore = commonThreads(whole);
  const pools = nodes.map((node, index) => {
    const cores = (whole[index] ?? []).map((core) =>
      core.length > threadsPerCore ? core.slice(0, threadsPerCore) : core,
    );
    return {
      node,
      housekeeping: cores.slice(0, request.housekeepingCores),
      cores: cores.slice(request.housekeepingCores),
    };
  });
  const wanted = wantedCores(pools, request, threadsPerCore, problems);
  const cells = pools.map(({ cores, housekeeping }, index) => ({
    cores: cores.slice(0, wanted[index]),
    housekeeping: housekeeping.flat(),
  }));
  if (cells.every(({ cores }) => cores.length === 0) && problems.every(({ path }) => !/^c(pus|ells)/.test(path))) {
    const ids = nodes.map(({ id }) => id).join(", ");
    problems.push({
      path: request.cells ? "cells" : "cpus",
      message: `the guest gets no CPU of NUMA nodes ${ids}; lower housekeepingCores, or name a node with CPUs in cells`,
    });
  }
  return { cells, threadsPerCore };
}

interface Pool {
  readonly node: NumaNode;
  readonly cores: readonly (readonly number[])[];
}

function wantedCores(pools: readonly Pool[], request: GuestRequest, threads: number, problems: Problem[]): number[] {
  const toCores = (cpus: number, path: string): number => {
    if (cpus % threads === 0) return cpus / threads;
    problems.push({
      path,
      message: `${cpus} is no multiple of the host's ${threads} threads per core; give whole cores`,
    });
    return Math.floor(cpus / threads);
  };
  const tooMany = (path: string, cpus: number, free: number, where: string) =>
    problems.push({
      path,
      message: `asks for ${cpus} CPUs, but ${where} can spare ${free} (${request.housekeepingCores} cores of each node are kept for the host); ask for at most ${free}`,
    });

  if (request.cells) {
    if (request.cpus !== undefined)
      problems.push({ path: "cpus", message: "is the total, but cells give sizes by node; use one of both" });
    return pools.map(({ node, cores }) => {
      const path = joinPath(joinPath("cells", String(node.id)), "cpus");
      const cpus = request.cells?.[String(node.id)]?.cpus;
      if (cpus === undefined) return cores.length;
      const count = toCores(cpus, path);
      if (count > cores.length) tooMany(path, cpus, cores.length * threads, `NUMA node ${node.id}`);
      return count;
    });
  }
  const capacity = pools.map(({ cores }) => cores.length);
  if (request.cpus === undefined) return capacity;
  const count = toCores(request.cpus, "cpus");
  const total = capacity.reduce((sum, cores) => sum + cores, 0);
  if (count > total) {
    const where = pools.length === 1 ? `NUMA node ${pools[0]?.node.id}` : "the guest's NUMA nodes";
    tooMany("cpus", request.cpus, total * threads, where);
  }
  return spread(Math.min(count, total), capacity);
}

/** Spreads `count` over the capacities as evenly as they allow; what is left over goes to the first. */
export function spread(count: number, capacity: readonly number[]): number[] {
  const given = capacity.map(() => 0);
  let rest = count;
  while (rest > 0) {
    const open = capacity.flatMap((most, index) => ((given[index] as number) < most ? [index] : []));
    if (open.length === 0) break;
    const share = Math.max(1, Math.floor(rest / open.length));
    for (const index of open) {
      const more = Math.min(share, (capacity[index] as number) - (given[index] as number), rest);
      given[index] = (given[index] as number) + more;
      rest -= more;
    }
  }
  return given;
}

function coresOf(node: NumaNode): number[][] {
  if (!node.threadSiblings) return cpuNumbers(node.cpus).map((cpu) => [cpu]);
  return node.threadSiblings.map(cpuNumbers).sort((a, b) => (a[0] as number) - (b[0] as number));
}

/** Threads that every core of the nodes has: cores with one sibling offline set the measure, nodes without CPUs do not. */
function commonThreads(coresByNode: readonly (readonly (readonly number[])[])[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const cores of coresByNode) for (const core of cores) least = Math.min(least, core.length);
  return Number.isFinite(least) ? Math.max(1, least) : 1;
}
