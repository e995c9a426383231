/** CPU lists of the kernel (`0-55,112-167`) as ranges, numbers and back. */

/** Highest CPU number taken for real: Linux on x86 allows 8192 CPUs (`NR_CPUS` with MAXSMP), this leaves room. */
export const MAX_CPU = 65535;

/** `0-2,8` -> [[0, 2], [8, 8]]. Text must match the model's cpuList. */
export function cpuRanges(list: string): [first: number, last: number][] {
  if (list === "") return [];
  return list.split(",").map((range) => {
    const dash = range.indexOf("-");
    return dash < 0 ? [Number(range), Number(range)] : [Number(range.slice(0, dash)), Number(range.slice(dash + 1))];
  });
}

/** `0-2,8` -> [0, 1, 2, 8]. */
export function cpuNumbers(list: string): number[] {
  const cpus: number[] = [];
  for (const [first, last] of cpuRanges(list)) for (let cpu = first; cpu <= last; cpu++) cpus.push(cpu);
  return cpus;
}

/** [8, 0, 1, 2] -> `0-2,8`; duplicates count once. */
export function formatCpuList(cpus: Iterable<number>): string {
  const ranges: [number, number][] = [];
  for (const cpu of [...cpus].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && cpu <= last[1] + 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

/**
 * The kernel's CPU mask as a list: comma-separated groups of 32 bits, the highest first (`0000,00ffffff` -> `0-23`).
 * Undefined where the text is no such mask.
 */
export function cpuListOfMask(mask: string): string | undefined {
  const groups = mask.trim().split(",").reverse();
  if (groups.length * 32 > MAX_CPU || !groups.every((group) => /^[0-9a-f]{1,8}$/i.test(group))) return undefined;
  const cpus: number[] = [];
  groups.forEach((group, index) => {
    const bits = Number.parseInt(group, 16);
    for (let bit = 0; bit < 32; bit++) if ((bits >>> bit) & 1) cpus.push(index * 32 + bit);
  });
  return formatCpuList(cpus);
}
