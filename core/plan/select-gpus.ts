import type { HostEndpoint } from "../layout/host-switches";

/** GPUs that share their innermost switch, or a single GPU that has none. */
interface Unit {
  readonly node: number;
  readonly gpus: readonly string[];
}

/** Above this many nodes combinations are not tried; the nodes then count as one. */
const MOST_NODES_COMBINED = 10;

/**
 * Chooses `count` GPUs: whole switches first, then whole nodes. Among the choices that break no switch the one on the
 * fewest nodes wins; only where every choice breaks a switch, one is broken. Ties go to the lower node and address.
 */
export function selectGpus(gpus: readonly HostEndpoint[], count: number): string[] {
  if (count === 0) return [];
  const units = toUnits(gpus);
  const nodeSets = combinations([...new Set(units.map(({ node }) => node))].sort((a, b) => a - b));
  const among = (nodes: readonly number[]) => units.filter(({ node }) => nodes.includes(node));
  for (const nodes of nodeSets) {
    const whole = wholeUnits(among(nodes), count);
    if (whole) return whole.flatMap(({ gpus }) => gpus);
  }
  for (const nodes of nodeSets) {
    const broken = breakOne(among(nodes), count);
    if (broken) return broken;
  }
  return gpus.slice(0, count).map(({ address }) => address);
}

function toUnits(gpus: readonly HostEndpoint[]): Unit[] {
  const units = new Map<string, { node: number; gpus: string[] }>();
  for (const { address, switches, numaNode } of gpus) {
    const key = switches.at(-1) ?? address;
    const unit = units.get(key) ?? { node: numaNode, gpus: [] };
    unit.gpus.push(address);
    units.set(key, unit);
  }
  return [...units.values()];
}

/** Units that add up to exactly `count`, earlier ones preferred; undefined where there are none. */
function wholeUnits(units: readonly Unit[], count: number): Unit[] | undefined {
  // reachable[i][n]: whether units i.. can add up to n.
  const reachable: boolean[][] = Array.from({ length: units.length + 1 }, () => new Array(count + 1).fill(false));
  (reachable[units.length] as boolean[])[0] = true;
  for (let i = units.length - 1; i >= 0; i--) {
    const size = (units[i] as Unit).gpus.length;
    for (let n = 0; n <= count; n++) {
      const without = reachable[i + 1]?.[n] ?? false;
      (reachable[i] as boolean[])[n] = without || (n >= size && (reachable[i + 1]?.[n - size] ?? false));
    }
  }
  if (!reachable[0]?.[count]) return undefined;
  const taken: Unit[] = [];
  let rest = count;
  units.forEach((unit, i) => {
    if (rest >= unit.gpus.length && reachable[i + 1]?.[rest - unit.gpus.length]) {
      taken.push(unit);
      rest -= unit.gpus.length;
    }
  });
  return taken;
}

/** Whole units plus as few GPUs as possible of one more; among equals the earliest whole units. */
function breakOne(units: readonly Unit[], count: number): string[] | undefined {
  const position = new Map(units.map((unit, index) => [unit, index]));
  for (let part = 1; part <= count; part++) {
    const choices = units.flatMap((broken) => {
      if (broken.gpus.length <= part) return [];
      const whole = wholeUnits(
        units.filter((unit) => unit !== broken),
        count - part,
      );
      return whole ? [{ broken, whole, order: [...whole, broken].map((unit) => position.get(unit) as number) }] : [];
    });
    const [first] = choices.sort((a, b) => lexicographic(a.order, b.order));
    if (first) return [...first.whole.flatMap(({ gpus }) => gpus), ...first.broken.gpus.slice(0, part)];
  }
  return undefined;
}

/** Sets of nodes, smaller ones first. */
function combinations(nodes: readonly number[]): number[][] {
  if (nodes.length > MOST_NODES_COMBINED) return [[...nodes]];
  const sets: number[][] = [];
  for (let mask = 1; mask < 1 << nodes.length; mask++) sets.push(nodes.filter((_, bit) => mask & (1 << bit)));
  return sets.sort((a, b) => a.length - b.length || lexicographic(a, b));
}

function lexicographic(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((node, i) => node !== b[i]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}
