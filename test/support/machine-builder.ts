import type { HostTopology, NumaNode, PciDevice, PciRoot } from "../../core/topology/model";

/** What a random machine is to be, without addresses. */
export interface MachineSpec {
  nodes: { memory: boolean; cpus: boolean }[];
  roots: { node: number; domain: number; ports: PortSpec[] }[];
  bars: boolean;
  /** Whether node numbers have gaps, as on machines that hide nodes from a VM: 0, 2, 4 … */
  scatterNodes: boolean;
}
export type PortSpec = EndpointSpec | SwitchSpec;
export interface SwitchSpec {
  ports: PortSpec[];
  /** Whether everything below is one IOMMU group, as without ACS. */
  oneGroup: boolean;
}
export interface EndpointSpec {
  kind: "gpu" | "nic" | "nvswitch" | "nvme" | "other";
  functions: number;
}

const FACTS = {
  gpu: { class: "030200", vendor: "10de", device: "2330" },
  nic: { class: "020700", vendor: "15b3", device: "1021" },
  nvswitch: { class: "068000", vendor: "10de", device: "22a3" },
  nvme: { class: "010802", vendor: "144d", device: "a80a" },
  other: { class: "120000", vendor: "8086", device: "0b25" },
} as const;

const CPUS_PER_NODE = 8;

/** The machine of a spec; node 0 gets memory and CPUs where no node has both, and a GPU comes in where none is. */
export function buildMachine(spec: MachineSpec): HostTopology {
  const nodes = buildNodes(spec);
  const builder = new Builder(spec.bars);
  const roots = spec.roots.some((root) => root.ports.some(hasGpu)) ? spec.roots : withGpu(spec.roots);
  const pciRoots = roots.map((root) => builder.root(root, nodes[root.node % nodes.length]?.id ?? 0));
  return { format: "gpudirect-host", version: 1, source: "random machine", numaNodes: nodes, pciRoots };
}

function hasGpu(port: PortSpec): boolean {
  return "kind" in port ? port.kind === "gpu" : port.ports.some(hasGpu);
}

function withGpu([first, ...rest]: MachineSpec["roots"]): MachineSpec["roots"] {
  const root = first ?? { node: 0, domain: 0, ports: [] };
  return [{ ...root, ports: [...root.ports, { kind: "gpu", functions: 1 }] }, ...rest];
}

function buildNodes({ nodes, scatterNodes }: MachineSpec): NumaNode[] {
  const whole = nodes.some(({ memory, cpus }) => memory && cpus);
  const ids = nodes.map((_, index) => (scatterNodes ? index * 2 : index));
  return nodes.map((node, index) => {
    const { memory, cpus } = index === 0 && !whole ? { memory: true, cpus: true } : node;
    const first = index * CPUS_PER_NODE;
    const distance = (other: number) =>
      other === index ? 10 : Math.floor(other / 2) === Math.floor(index / 2) ? 12 : 21;
    return {
      id: ids[index] as number,
      cpus: cpus ? `${first}-${first + CPUS_PER_NODE - 1}` : "",
      memoryMiB: memory ? 262144 : 0,
      distances: Object.fromEntries(ids.map((id, other) => [id, distance(other)])),
      hugepages: { "1048576": memory ? 224 : 0 },
    };
  });
}

/** Gives addresses: buses are counted within each PCI domain, and a full domain is followed by an empty one. */
class Builder {
  private readonly nextBus = new Map<number, number>();
  private nextGroup = 0;

  constructor(private readonly bars: boolean) {}

  root(spec: MachineSpec["roots"][number], numaNode: number): PciRoot {
    let domain = spec.domain;
    const buses = 1 + spec.ports.reduce((sum, port) => sum + busesOf(port), 0);
    while ((this.nextBus.get(domain) ?? 0) + buses > 256) domain += 0x100;
    const bus = this.takeBus(domain);
    const devices = spec.ports.map((port, index) => {
      const below = this.bridge(domain, bus, index + 1, "root-port", this.nextGroup++, () => this.takeBus(domain));
      return below((behind) => this.port(port, domain, behind, undefined, numaNode), numaNode);
    });
    return { address: `${hex(domain, 4)}:${hex(bus, 2)}`, numaNode, devices };
  }

  private takeBus(domain: number): number {
    const bus = this.nextBus.get(domain) ?? 0;
    this.nextBus.set(domain, bus + 1);
    return bus;
  }

  private bridge(
    domain: number,
    bus: number,
    slot: number,
    port: PciDevice["port"],
    group: number,
    take: () => number,
  ) {
    const address = `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.0`;
    const behind = take();
    return (children: (bus: number) => PciDevice[], numaNode: number): PciDevice => ({
      address,
      class: "060400",
      vendor: "1000",
      device: "c030",
      port,
      numaNode,
      iommuGroup: group,
      acs: true,
      children: children(behind),
    });
  }

  private port(spec: PortSpec, domain: number, bus: number, group: number | undefined, node: number): PciDevice[] {
    const take = () => this.takeBus(domain);
    if ("kind" in spec) return this.endpoint(spec, domain, bus, group, node);
    const own = group ?? (spec.oneGroup ? this.nextGroup++ : undefined);
    const upstream = this.bridge(domain, bus, 0, "upstream-port", own ?? this.nextGroup++, take);
    const downstreams = (inner: number) =>
      spec.ports.map((port, slot) => {
        const downstream = this.bridge(domain, inner, slot, "downstream-port", own ?? this.nextGroup++, take);
        return downstream((behind) => this.port(port, domain, behind, own, node), node);
      });
    return [upstream(downstreams, node)];
  }

  private endpoint(
    spec: EndpointSpec,
    domain: number,
    bus: number,
    group: number | undefined,
    node: number,
  ): PciDevice[] {
    return Array.from({ length: spec.functions }, (_, fn) => ({
      address: `${hex(domain, 4)}:${hex(bus, 2)}:00.${fn}`,
      ...FACTS[spec.kind],
      maxLinkSpeed: "32.0 GT/s PCIe",
      maxLinkWidth: 16,
      ...(this.bars ? { bars: [{ index: 0, sizeBytes: 2 ** 24, is64Bit: true, prefetchable: true }] } : {}),
      numaNode: node,
      iommuGroup: group ?? this.nextGroup++,
      ats: spec.kind === "gpu" || spec.kind === "nic",
    }));
  }
}

/** Buses of a port and all below it: one behind the port, and behind a switch's uplink those of its ports. */
function busesOf(port: PortSpec): number {
  return "kind" in port ? 1 : 2 + port.ports.reduce((sum, inner) => sum + busesOf(inner), 0);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
