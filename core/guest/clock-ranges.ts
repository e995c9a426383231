import type { SupportedClocks } from "./nvidia-smi";

/**
 * Supported graphics clocks by memory clock as a short text: `1410-210/15` is from 1410 down to 210 in steps of 15, single
 * clocks stand alone. Some cards' steps alternate, so there may be many ranges.
 */
export function formatClocks(supported: SupportedClocks): Record<string, string> {
  return Object.fromEntries([...supported].map(([memory, graphics]) => [String(memory), ranges(graphics).join(" ")]));
}

function ranges(clocks: readonly number[]): string[] {
  const found: string[] = [];
  for (let first = 0; first < clocks.length; ) {
    const start = clocks[first] as number;
    const step = start - (clocks[first + 1] ?? start);
    let last = first;
    while (last + 1 < clocks.length && (clocks[last] as number) - (clocks[last + 1] as number) === step) last++;
    if (last - first >= 2) {
      found.push(`${start}-${clocks[last]}/${step}`);
      first = last + 1;
    } else {
      found.push(String(start));
      first++;
    }
  }
  return found;
}

/** Graphics clocks of one text of `formatClocks`, from the highest down. */
export function parseRanges(text: string): number[] {
  return text.split(" ").flatMap((part) => {
    const [, start, end, step] = /^(\d+)-(\d+)\/([1-9]\d*)$/.exec(part) ?? [];
    if (start === undefined) return /^\d+$/.test(part) ? [Number(part)] : [];
    const count = Math.floor((Number(start) - Number(end)) / Number(step)) + 1;
    return Array.from({ length: Math.max(0, count) }, (_, index) => Number(start) - index * Number(step));
  });
}
