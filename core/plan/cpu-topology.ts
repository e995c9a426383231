import type { DomainDocument } from "../domain/document";
import { formatCpuList } from "../topology/cpu-list";
import type { NumaNode } from "../topology/model";
import type { CpuPlan } from "./cell-cpus";

type CpuParts = Pick<DomainDocument, "vcpuPins" | "emulatorPin"> & {
  /** Guest CPUs of each cell. */
  cellCpus: string[];
  topology: { sockets: number; cores: number; threads: number };
};

/**
 * Numbers the guest's CPUs cell by cell, core by core, and pins each to its host CPU, so that guest siblings are host
 * siblings. Sockets are the host's where every one gets as many CPUs (libvirt's topology knows no uneven sockets).
 */
export function guestCpus(nodes: readonly NumaNode[], plan: CpuPlan): CpuParts {
  const pins: Record<string, string> = {};
  let next = 0;
  const cellCpus = plan.cells.map(({ cores }) => {
    const first = next;
    for (const core of cores) for (const hostCpu of core) pins[next++] = String(hostCpu);
    return next === first ? "" : next === first + 1 ? `${first}` : `${first}-${next - 1}`;
  });
  const housekeeping = plan.cells.flatMap((cell) => cell.housekeeping);
  return {
    cellCpus,
    vcpuPins: pins,
    ...(housekeeping.length ? { emulatorPin: formatCpuList(housekeeping) } : {}),
    topology: cpuTopology(
      nodes.map(({ socket }, index) => ({
        socket,
        cpus: (plan.cells[index]?.cores.length ?? 0) * plan.threadsPerCore,
      })),
      plan.threadsPerCore,
    ),
  };
}

/** sockets x cores x threads for the cells' CPU counts. Cells of one host socket must be neighbours to share one. */
export function cpuTopology(
  cells: readonly { socket: number | undefined; cpus: number }[],
  threads: number,
): CpuParts["topology"] {
  const total = cells.reduce((sum, { cpus }) => sum + cpus, 0);
  const sockets: { socket: number | undefined; cpus: number }[] = [];
  for (const cell of cells) {
    const last = sockets.at(-1);
    if (last && cell.socket !== undefined && last.socket === cell.socket) last.cpus += cell.cpus;
    else sockets.push({ ...cell });
  }
  const each = sockets[0]?.cpus ?? 0;
  const even = each > 0 && sockets.every(({ cpus }) => cpus === each);
  return even
    ? { sockets: sockets.length, cores: each / threads, threads }
    : { sockets: 1, cores: Math.max(1, total / threads), threads };
}
