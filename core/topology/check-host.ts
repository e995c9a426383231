import { joinPath, type Problem } from "../problems";
import { cpuRanges, MAX_CPU } from "./cpu-list";
import type { HostTopology, NumaNode, PciDevice } from "./model";

/** Problems of a host whose shape is right: things named twice, references to what does not exist. */
export function hostProblems(host: HostTopology): Problem[] {
  return [...nodeProblems(host), ...pciProblems(host)];
}

function nodeProblems(host: HostTopology): Problem[] {
  const problems: Problem[] = [];
  const nodes = new Set<number>();
  const ids = new Set(host.numaNodes.map((node) => node.id));
  host.numaNodes.forEach((node, index) => {
    const path = joinPath("numaNodes", index);
    if (nodes.has(node.id)) problems.push({ path: `${path}.id`, message: `NUMA node ${node.id} is there twice` });
    nodes.add(node.id);
    for (const to of Object.keys(node.distances ?? {})) {
      if (!ids.has(Number(to))) {
        problems.push({ path: joinPath(`${path}.distances`, to), message: `there is no NUMA node ${to}` });
      }
    }
  });
  for (const node of Object.keys(host.volatile?.freeHugepages ?? {})) {
    if (!ids.has(Number(node))) {
      problems.push({ path: joinPath("volatile.freeHugepages", node), message: `there is no NUMA node ${node}` });
    }
  }
  return [...problems, ...cpuProblems(host.numaNodes)];
}

/** A CPU belongs to one node; ranges go upwards; thread siblings are CPUs of their node. One problem per list. */
function cpuProblems(nodes: readonly NumaNode[]): Problem[] {
  const problems: Problem[] = [];
  const owner = new Map<number, number>();
  nodes.forEach((node, index) => {
    const path = joinPath("numaNodes", index);
    const message = claimCpus(node, owner);
    if (message !== undefined) problems.push({ path: `${path}.cpus`, message });
  });
  nodes.forEach((node, index) => {
    (node.threadSiblings ?? []).forEach((siblings, core) => {
      if (cpuRanges(siblings).every(([first, last]) => allOf(owner, node.id, first, last))) return;
      const path = joinPath(`${joinPath("numaNodes", index)}.threadSiblings`, core);
      problems.push({ path, message: `CPUs ${siblings.slice(0, 60)} are not all of NUMA node ${node.id}` });
    });
  });
  return problems;
}

/** Notes the node's CPUs in `owner`; says what is wrong with them, if anything. */
function claimCpus(node: NumaNode, owner: Map<number, number>): string | undefined {
  for (const [first, last] of cpuRanges(node.cpus)) {
    if (last < first || last > MAX_CPU) return `${first}-${last} is no range of CPUs of 0-${MAX_CPU}`;
    for (let cpu = first; cpu <= last; cpu++) {
      const other = owner.get(cpu);
      if (other !== undefined) return `CPU ${cpu} is already of NUMA node ${other}; a CPU has one node`;
      owner.set(cpu, node.id);
    }
  }
  return undefined;
}

function allOf(owner: ReadonlyMap<number, number>, node: number, first: number, last: number): boolean {
  if (last < first || last > MAX_CPU) return false;
  for (let cpu = first; cpu <= last; cpu++) if (owner.get(cpu) !== node) return false;
  return true;
}

function pciProblems(host: HostTopology): Problem[] {
  const problems: Problem[] = [];
  const nodes = new Set(host.numaNodes.map((node) => node.id));
  const roots = new Map<string, string>();
  const functions = new Map<string, string>();
  const unique = (seen: Map<string, string>, path: string, address: string) => {
    const first = seen.get(address);
    if (first === undefined) seen.set(address, path);
    else problems.push({ path, message: `${address} is already the address of ${first}` });
  };
  const known = (path: string, node: number | undefined) => {
    if (node !== undefined && !nodes.has(node)) problems.push({ path, message: `there is no NUMA node ${node}` });
  };
  const visit = (device: PciDevice, path: string) => {
    unique(functions, `${path}.address`, device.address);
    known(`${path}.numaNode`, device.numaNode);
    const indexes = new Set<number>();
    (device.bars ?? []).forEach((bar, index) => {
      const at = joinPath(`${path}.bars`, index);
      if (indexes.has(bar.index)) problems.push({ path: `${at}.index`, message: `BAR ${bar.index} is there twice` });
      indexes.add(bar.index);
      if (!Number.isInteger(Math.log2(bar.sizeBytes))) {
        problems.push({
          path: `${at}.sizeBytes`,
          message: `${bar.sizeBytes} is no power of two, as the size of a BAR is`,
        });
      }
    });
    if (device.children?.length && device.port === undefined) {
      const message = `${device.address} has functions below it and so needs a port type, such as "root-port"`;
      problems.push({ path: `${path}.port`, message });
    }
    (device.children ?? []).forEach((child, index) => {
      visit(child, joinPath(`${path}.children`, index));
    });
  };
  host.pciRoots.forEach((root, index) => {
    const path = joinPath("pciRoots", index);
    unique(roots, `${path}.address`, root.address);
    known(`${path}.numaNode`, root.numaNode);
    root.devices.forEach((device, position) => {
      visit(device, joinPath(`${path}.devices`, position));
    });
  });
  return problems;
}
