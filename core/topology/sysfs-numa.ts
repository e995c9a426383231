import { cpuNumbers } from "./cpu-list";
import { cpuList, type NumaNode, type VolatileFacts } from "./model";
import type { ProbeSections } from "./probe-sections";

type Attributes = ReadonlyMap<string, readonly string[]>;
type Pools = Record<string, number>;

export interface ProbedNuma {
  readonly nodes: NumaNode[];
  readonly freeHugepages: NonNullable<VolatileFacts["freeHugepages"]>;
}

/** NUMA nodes with CPUs, memory, distances and hugepages. A machine without NUMA directories is node 0. */
export function probedNuma(probe: ProbeSections): ProbedNuma {
  const cores = coresOf(probe.attributes("cpus"));
  const directories = [...probe.attributes("nodes")]
    .filter(([name]) => /^node\d+$/.test(name))
    .map(([name, attributes]) => ({ id: Number(name.slice(4)), attributes }))
    .sort((a, b) => a.id - b.id);
  if (directories.length === 0) return wholeMachine(probe, cores);
  const ids = directories.map(({ id }) => id);
  const nodes = directories.map(({ id, attributes }): NumaNode => {
    const distances = (attributes.get("distance")?.[0] ?? "").split(/\s+/).map(Number);
    const fit = distances.length === ids.length && distances.every((distance) => distance >= 10 && distance <= 255);
    const cpus = listOf(attributes.get("cpulist")?.[0]);
    return {
      id,
      cpus,
      ...coreFacts(cores, cpus),
      ...memoryFacts(attributes.get("meminfo")?.[0]),
      ...(fit ? { distances: Object.fromEntries(ids.map((other, index) => [other, distances[index] as number])) } : {}),
      ...poolFacts(pools(attributes, "nr_hugepages")),
    };
  });
  const free = directories.map(({ id, attributes }) => [id, pools(attributes, "free_hugepages")] as const);
  return { nodes, freeHugepages: Object.fromEntries(free.filter(([, pool]) => Object.keys(pool).length > 0)) };
}

function wholeMachine(probe: ProbeSections, cores: readonly Core[]): ProbedNuma {
  const cpus = listOf(probe.text("cpus-online"));
  const sizes: Attributes = new Map(
    [...probe.attributes("hugepages")].flatMap(([size, attributes]) =>
      [...attributes].map(([name, values]) => [`hugepages/${size}/${name}`, values] as const),
    ),
  );
  const node: NumaNode = {
    id: 0,
    cpus,
    ...coreFacts(cores, cpus),
    ...memoryFacts(probe.text("memory")),
    ...poolFacts(pools(sizes, "nr_hugepages")),
  };
  const free = pools(sizes, "free_hugepages");
  return { nodes: [node], freeHugepages: Object.keys(free).length > 0 ? { 0: free } : {} };
}

interface Core {
  readonly siblings: string;
  readonly socket: number | undefined;
}

/** Cores of the machine by first CPU; CPUs that are offline have no topology. */
function coresOf(cpus: ReadonlyMap<string, Attributes>): Core[] {
  const cores = new Map<string, Core>();
  for (const attributes of cpus.values()) {
    const siblings = listOf(attributes.get("topology/thread_siblings_list")?.[0]);
    const socket = Number(attributes.get("topology/physical_package_id")?.[0] ?? -1);
    if (siblings !== "") cores.set(siblings, { siblings, socket: socket >= 0 ? socket : undefined });
  }
  return [...cores.values()].sort((a, b) => Number.parseInt(a.siblings, 10) - Number.parseInt(b.siblings, 10));
}

/** Cores and socket of a node's CPUs; absent where cores span nodes, as VMs with odd topologies have them. */
function coreFacts(cores: readonly Core[], cpus: string): Pick<NumaNode, "threadSiblings" | "socket"> {
  const own = new Set(cpuNumbers(cpus));
  const touching = cores.filter(({ siblings }) => cpuNumbers(siblings).some((cpu) => own.has(cpu)));
  const inside = touching.every(({ siblings }) => cpuNumbers(siblings).every((cpu) => own.has(cpu)));
  const sockets = new Set(touching.map(({ socket }) => socket));
  const socket = sockets.size === 1 ? touching[0]?.socket : undefined;
  return {
    ...(inside && touching.length > 0 ? { threadSiblings: touching.map(({ siblings }) => siblings) } : {}),
    ...(socket === undefined ? {} : { socket }),
  };
}

/** `Node 0 MemTotal: 1056766800 kB` in whole MiB. */
function memoryFacts(line: string | undefined): Pick<NumaNode, "memoryMiB"> {
  const kib = /MemTotal:\s*(\d+) kB/.exec(line ?? "")?.[1];
  return kib === undefined ? {} : { memoryMiB: Math.floor(Number(kib) / 1024) };
}

/** Pages by size in KiB, of attributes such as `hugepages/hugepages-2048kB/nr_hugepages`. */
function pools(attributes: Attributes, file: string): Pools {
  const sizes: Pools = {};
  for (const [name, [value]] of attributes) {
    const [, size, what] = /^hugepages\/hugepages-(\d+)kB\/(\w+)$/.exec(name) ?? [];
    if (size !== undefined && what === file && /^\d+$/.test(value ?? "")) sizes[size] = Number(value);
  }
  return sizes;
}

function poolFacts(hugepages: Pools): Pick<NumaNode, "hugepages"> {
  return Object.keys(hugepages).length > 0 ? { hugepages } : {};
}

function listOf(text: string | undefined): string {
  const list = cpuList.safeParse(text?.trim() ?? "");
  return list.success ? list.data : "";
}
