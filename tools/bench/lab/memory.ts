import { readFileSync } from "node:fs";
import type { LabHost } from "../../../lab/client/lab-host";

const KIB_PER_GIB = 1024 * 1024;

/** GiB of memory that a running host takes from this machine: QEMU and its keeper, what they share with others in part. */
export async function memoryGiB(host: LabHost): Promise<number> {
  const { machinePid, keeperPid } = await host.status();
  return (proportionalKiB(machinePid) + proportionalKiB(keeperPid)) / KIB_PER_GIB;
}

function proportionalKiB(pid: number): number {
  const file = `/proc/${pid}/smaps_rollup`;
  const kib = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8"))?.[1];
  if (kib === undefined) throw new Error(`${file} has no line Pss; the benchmark needs Linux 4.14 or newer`);
  return Number(kib);
}
