import fc from "fast-check";
import { deviceKind } from "../../core/topology/device-kind";
import type { HostTopology, PciDevice } from "../../core/topology/model";
import { buildMachine, type EndpointSpec, type MachineSpec, type PortSpec } from "./machine-builder";

/**
 * Machines as GPU servers are or might be: 1-8 NUMA nodes (some without memory or CPUs), 1-8 root complexes, up to three
 * levels of switches, several switches per root complex, devices alone on a root port, multi-function devices, PCI
 * domains other than 0000, IOMMU groups of one function or of a whole switch. Each has a GPU at least.
 */
export function randomMachine(): fc.Arbitrary<HostTopology> {
  return fc
    .record<MachineSpec>({
      nodes: fc.array(fc.record({ memory: often(0.75), cpus: often(0.85) }), { minLength: 1, maxLength: 8 }),
      roots: fc.oneof({ weight: 7, arbitrary: sparseRoots() }, { weight: 3, arbitrary: denseRoots() }),
      bars: fc.boolean(),
      scatterNodes: fc.boolean(),
    })
    .map(buildMachine);
}

/** What a machine has of what generators tend to miss. */
export function coverageOf(host: HostTopology) {
  const count = (devices: readonly PciDevice[], test: (device: PciDevice, above: readonly PciDevice[]) => boolean) => {
    const visit = (list: readonly PciDevice[], above: readonly PciDevice[]): number =>
      list.reduce((sum, item) => sum + (test(item, above) ? 1 : 0) + visit(item.children ?? [], [...above, item]), 0);
    return visit(devices, []);
  };
  const devices = host.pciRoots.flatMap((root) => root.devices);
  return {
    nestedSwitches:
      count(devices, ({ port }, above) => port === "upstream-port" && above.some((a) => a.port === "upstream-port")) >
      0,
    foreignDomain: count(devices, ({ address, port }) => port === undefined && !address.startsWith("0000:")) > 0,
    nodeWithoutMemory: host.numaNodes.some((node) => node.memoryMiB === 0),
    sixteenGpus: count(devices, (device) => deviceKind(device) === "gpu") >= 16,
  };
}

/** True with about this probability; shrinks to true. */
function often(probability: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 99 }).map((percent) => percent < probability * 100);
}

function endpoint(): fc.Arbitrary<EndpointSpec> {
  const kind = fc.oneof(
    { weight: 5, arbitrary: fc.constant("gpu" as const) },
    { weight: 5, arbitrary: fc.constant("nic" as const) },
    { weight: 1, arbitrary: fc.constant("nvswitch" as const) },
    { weight: 2, arbitrary: fc.constant("nvme" as const) },
    { weight: 1, arbitrary: fc.constant("other" as const) },
  );
  const functions = fc.oneof(
    { weight: 9, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 4 }) },
  );
  return fc.record({ kind, functions });
}

function switchOf(levels: number): fc.Arbitrary<PortSpec> {
  const child: fc.Arbitrary<PortSpec> =
    levels <= 1
      ? endpoint()
      : fc.oneof({ weight: 4, arbitrary: endpoint() }, { weight: 1, arbitrary: switchOf(levels - 1) });
  return fc.record({ ports: fc.array(child, { minLength: 1, maxLength: 5 }), oneGroup: often(0.2) });
}

const domain = () =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(1, 2, 0x10) },
    { weight: 1, arbitrary: fc.constantFrom(0x10000, 0x10001) },
  );

function sparseRoots(): fc.Arbitrary<MachineSpec["roots"]> {
  const port = fc.oneof({ weight: 2, arbitrary: endpoint() }, { weight: 3, arbitrary: switchOf(3) });
  const root = fc.record({ node: fc.nat(7), domain: domain(), ports: fc.array(port, { minLength: 0, maxLength: 3 }) });
  return fc.array(root, { minLength: 1, maxLength: 8 });
}

/** Regular machines of 16 GPUs and more: four or more switches of four GPUs and up to two NICs. */
function denseRoots(): fc.Arbitrary<MachineSpec["roots"]> {
  const gpu: EndpointSpec = { kind: "gpu", functions: 1 };
  const nic: EndpointSpec = { kind: "nic", functions: 1 };
  return fc
    .record({
      switches: fc.integer({ min: 4, max: 6 }),
      nics: fc.integer({ min: 0, max: 2 }),
      perRoot: fc.constantFrom(1, 2),
      domain: domain(),
    })
    .map(({ switches, nics, perRoot, domain }) => {
      const ports: PortSpec[] = [...Array<EndpointSpec>(4).fill(gpu), ...Array<EndpointSpec>(nics).fill(nic)];
      return Array.from({ length: Math.ceil(switches / perRoot) }, (_, index) => ({
        node: index,
        domain,
        ports: Array.from({ length: Math.min(perRoot, switches - index * perRoot) }, () => ({
          ports,
          oneGroup: false,
        })),
      }));
    });
}
