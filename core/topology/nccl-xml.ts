import { joinPath, type Problem } from "../problems";
import { zodProblems } from "../zod-problems";
import { hostProblems } from "./check-host";
import { cpuListOfMask } from "./cpu-list";
import { refuseLongText, refuseProblems } from "./input-limits";
import { HOST_FILE_VERSION, type HostTopology, hostTopology, type NumaNode, type PciDevice } from "./model";
import { attribute, elements, parseSystems, type XmlElement } from "./nccl-elements";
import { ncclDevice } from "./nccl-pci";
import { rootAddresses } from "./nccl-roots";
import { xmlProblem } from "./nccl-xml-text";

/** A top-level `<pci>`, which counts as a root complex, and the node of the `<cpu>` it is in. */
interface TopLevel {
  readonly device: PciDevice;
  readonly numaNode: number;
}

/**
 * The host of an NCCL topology file (nccl src/graph/xml.cc): `<system><cpu numaid affinity><pci busid class …>`;
 * `source` names it in the result. Read are NUMA nodes with their CPUs, the PCI tree, classes, ids and link speeds;
 * what the format lacks stays absent: memory, distances, BARs, IOMMU groups. `<nic>`, `<net>`, `<nvlink>` and the like
 * say nothing about the PCI tree.
 * @throws Refusal with every problem found, with paths like `system.cpu[0].pci[1].busid`
 */
export function readNcclXml(text: string, source: string): HostTopology {
  refuseLongText(text, "NCCL topology file");
  const broken = xmlProblem(text);
  if (broken) refuseProblems([broken]);

  const problems: Problem[] = [];
  const systems = parseSystems(text);
  if (systems.length > 1)
    problems.push({ path: "system", message: "is there more than once; a file is of one machine" });
  const system = systems[0] ?? {};
  const version = attribute(system, "version");
  if (version !== undefined && version !== "1") {
    const message = `"${version.slice(0, 20)}" is another version of NCCL's topology format; this reads version 1`;
    problems.push({ path: "system.version", message });
  }
  const numaNodes: NumaNode[] = [];
  const topLevels: TopLevel[] = [];
  let named = 0;
  elements(system, "cpu").forEach((cpu, index) => {
    const path = joinPath("system.cpu", index);
    const node = readNode(cpu, path, problems);
    numaNodes.push(node);
    const functions = elements(cpu, "pci");
    named += functions.length;
    functions.forEach((pci, position) => {
      const device = ncclDevice(pci, joinPath(`${path}.pci`, position), problems);
      if (device) topLevels.push({ device, numaNode: node.id });
    });
  });
  if (numaNodes.length === 0)
    problems.push({ path: "system", message: "has no <cpu> element, so no NUMA node is known" });
  else if (named === 0) problems.push({ path: "system.cpu", message: "has no <pci> element, so no device is known" });
  refuseProblems(problems);
  return checked(numaNodes, topLevels, source);
}

/** A `<cpu>` as a NUMA node. NCCL writes numaid -1 on machines without NUMA: that is node 0. */
function readNode(cpu: XmlElement, path: string, problems: Problem[]): NumaNode {
  const numaid = attribute(cpu, "numaid");
  if (numaid === undefined || !/^(-1|\d{1,4})$/.test(numaid)) {
    const message = numaid === undefined ? "is missing" : `"${numaid.slice(0, 40)}" is no NUMA node number`;
    problems.push({ path: `${path}.numaid`, message });
  }
  const affinity = attribute(cpu, "affinity") ?? "";
  const cpus = affinity === "" ? "" : cpuListOfMask(affinity);
  if (cpus === undefined) {
    const message = `"${affinity.slice(0, 40)}" is no CPU mask like "00000000,00ffffff"`;
    problems.push({ path: `${path}.affinity`, message });
  }
  return { id: Math.max(0, Number(numaid) || 0), cpus: cpus ?? "" };
}

function checked(numaNodes: NumaNode[], topLevels: readonly TopLevel[], source: string): HostTopology {
  const addresses = rootAddresses(topLevels.map(({ device }) => device.address));
  const host: HostTopology = {
    format: "gpudirect-host",
    version: HOST_FILE_VERSION,
    source,
    numaNodes: numaNodes.sort((a, b) => a.id - b.id),
    pciRoots: topLevels.map(({ device, numaNode }, index) => ({
      address: addresses[index] ?? "",
      numaNode,
      devices: [device],
    })),
  };
  const shaped = hostTopology.safeParse(host);
  refuseProblems(shaped.success ? hostProblems(host) : zodProblems(shaped.error));
  return host;
}
