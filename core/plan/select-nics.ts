import type { HostEndpoint } from "../layout/host-switches";

/** NICs whose nearest GPU below a common switch is a chosen one. */
export function pairedNics(
  nics: readonly HostEndpoint[],
  gpus: readonly HostEndpoint[],
  chosen: ReadonlySet<string>,
): string[] {
  const nearest = nearestGpuDepth(gpus);
  const nearestChosen = nearestGpuDepth(gpus.filter(({ address }) => chosen.has(address)));
  return nics
    .filter((nic) => nearestChosen(nic) > 0 && nearestChosen(nic) === nearest(nic))
    .map(({ address }) => address);
}

/**
 * Chooses `count` NICs, nearest to the chosen GPUs first; equally near ones in turns over their switches, so that every
 * switch gets one before any gets two.
 */
export function selectNics(nics: readonly HostEndpoint[], chosen: readonly HostEndpoint[], count: number): string[] {
  const depth = nearestGpuDepth(chosen);
  const nodes = new Set(chosen.map(({ numaNode }) => numaNode));
  const turns = new Map<string, number>();
  const ranked = nics.map((nic) => {
    const group = nic.switches.at(-1) ?? nic.complex;
    const turn = turns.get(group) ?? 0;
    turns.set(group, turn + 1);
    return { address: nic.address, depth: depth(nic), near: nodes.has(nic.numaNode) ? 1 : 0, turn };
  });
  ranked.sort(
    (a, b) => Math.sign(b.depth) - Math.sign(a.depth) || b.near - a.near || a.turn - b.turn || b.depth - a.depth,
  );
  return ranked.slice(0, count).map(({ address }) => address);
}

/** How many switches an endpoint shares with the nearest of the GPUs, from one walk over the GPUs. */
function nearestGpuDepth(gpus: readonly HostEndpoint[]): (endpoint: HostEndpoint) => number {
  const withGpu = new Set(gpus.flatMap(({ switches }) => switches));
  return ({ switches }) => switches.findLastIndex((address) => withGpu.has(address)) + 1;
}
