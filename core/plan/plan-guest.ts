import { guestAddresses } from "../domain/bus-numbers";
import type { DomainDocument, GuestCell } from "../domain/document";
import { layOutGuestTree, NoLayout } from "../layout/guest-tree";
import { type HostEndpoint, hostSwitches } from "../layout/host-switches";
import { rails } from "../nccl/rails";
import { roomWarning } from "../nccl/room";
import { assumedLinks, ncclTopology } from "../nccl/topology-file";
import { type Problem, Refusal } from "../problems";
import type { HostTopology, NumaNode } from "../topology/model";
import { planCpus } from "./cell-cpus";
import { planMemory } from "./cell-memory";
import { cellNodes, nodeDistance } from "./cell-nodes";
import { guestCpus } from "./cpu-topology";
import { planMmioWindow } from "./mmio-window";
import { refuseDevices } from "./refusals";
import { asRehearsal, OMITTED_IN_REHEARSAL } from "./rehearsal";
import type { GuestRequest } from "./request";
import { selectDevices } from "./select-devices";

export interface GuestPlan {
  readonly domain: DomainDocument;
  /** Guest address of each passed-through function, by host address. */
  readonly guestAddresses: Record<string, string>;
  /** `VENDOR:DEVICE` of each function that is passed through for real, where the host's facts have them. */
  readonly expectedDevices: Record<string, string>;
  /** NCCL's topology file for the guest; that of the real devices in a rehearsal, too. */
  readonly ncclTopology: string;
  /** Guest addresses of the NICs in rail order: rail n is the n-th NIC by host address. */
  readonly rails: string[];
  readonly warnings: string[];
  /** Facts that neither host nor request had, and what stands in for them. */
  readonly defaults: string[];
  /** Checks that need facts which the host does not have. */
  readonly notChecked: string[];
  /** What a rehearsal leaves out of the domain. */
  readonly omitted: string[];
}

/**
 * Plans a guest: which host functions, in which PCI tree, on which cells. Pure: same host and request, same plan, byte
 * for byte. Throws a Refusal with every problem at once.
 */
export function planGuest(host: HostTopology, request: GuestRequest): GuestPlan {
  const findings = {
    problems: [] as Problem[],
    warnings: [] as string[],
    defaults: [] as string[],
    notChecked: [] as string[],
  };
  const switches = hostSwitches(host);
  const selection = selectDevices(switches, request);
  findings.problems.push(...selection.problems);
  findings.warnings.push(...selection.warnings);
  const { devices } = selection;
  refuseDevices(switches, selection, findings);

  const nodes = cellNodes(host, request, devices, findings.problems);
  const cellOfNode = new Map(nodes.map((node, cell) => [node.id, cell]));
  const cpus = guestCpus(nodes, planCpus(nodes, request, request.rehearse ? [] : findings.problems));
  const memory = planMemory(
    host,
    nodes,
    request,
    request.rehearse ? { ...findings, problems: [], defaults: [], notChecked: [] } : findings,
  );
  if (!request.rehearse) nameMissingFacts(nodes, findings.defaults);
  const mmio64MiB = planMmioWindow(host, devices, request, findings);
  const tree = layOut();
  if (tree === undefined || findings.problems.length > 0) throw new Refusal(findings.problems);

  const cells: Record<string, GuestCell> = {};
  nodes.forEach((node, cell) => {
    cells[String(cell)] = {
      cpus: cpus.cellCpus[cell] ?? "",
      memoryMiB: memory.cells[cell]?.memoryMiB ?? 0,
      hostNodes: String(memory.cells[cell]?.hostNode ?? node.id),
      distances: Object.fromEntries(nodes.map((other, to) => [String(to), nodeDistance(node, other)])),
    };
  });
  const domain: DomainDocument = {
    name: request.name,
    type: "kvm",
    machine: request.machine,
    firmware: request.firmware,
    ...(request.boot ? { boot: request.boot } : {}),
    cpu: { mode: "host-passthrough", ...cpus.topology, physicalAddressBits: "host" },
    cells,
    ...(cpus.vcpuPins ? { vcpuPins: cpus.vcpuPins } : {}),
    ...(cpus.emulatorPin === undefined ? {} : { emulatorPin: cpus.emulatorPin }),
    ...(memory.hugepageKiB === undefined ? {} : { hugepageKiB: memory.hugepageKiB }),
    lockedMemory: devices.length > 0,
    ...(mmio64MiB === undefined ? {} : { mmio64MiB }),
    ...tree,
    disks: request.disks,
    interfaces: request.interfaces,
    guestAgent: request.guestAgent,
    ...(request.consoleLog === undefined ? {} : { consoleLog: request.consoleLog }),
  };
  const planned = {
    domain: request.rehearse ? asRehearsal(domain, switches) : domain,
    guestAddresses: guestAddresses(tree),
  };
  const topologyFile = ncclTopology(host, planned);
  const { warnings, defaults, notChecked } = findings;
  warnings.push(...roomWarning(topologyFile));
  defaults.push(...assumedLinks(host, planned));
  return {
    ...planned,
    expectedDevices: request.rehearse ? {} : identities(devices),
    ncclTopology: topologyFile,
    rails: rails(host, planned),
    warnings,
    defaults,
    notChecked,
    omitted: request.rehearse ? OMITTED_IN_REHEARSAL : [],
  };

  function layOut() {
    try {
      return layOutGuestTree(switches, new Set(devices.map(({ address }) => address)), cellOfNode);
    } catch (error) {
      if (!(error instanceof NoLayout)) throw error;
      findings.problems.push({ path: "gpus", message: `${error.message}; pass fewer devices through` });
      return undefined;
    }
  }
}

function identities(devices: readonly HostEndpoint[]): Record<string, string> {
  const known = devices.filter(({ device }) => device.vendor !== undefined && device.device !== undefined);
  return Object.fromEntries(known.map(({ address, device }) => [address, `${device.vendor}:${device.device}`]));
}

function nameMissingFacts(nodes: readonly NumaNode[], defaults: string[]): void {
  const without = nodes.filter(({ threadSiblings, cpus }) => !threadSiblings && cpus !== "").map(({ id }) => id);
  if (without.length) defaults.push(`thread siblings of NUMA nodes ${without.join(", ")}: every CPU counts as a core`);
}
