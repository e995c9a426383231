import type { DomainDocument } from "../domain/document";
import { EXPANDER_SLOTS } from "../domain/pcie0-slots";
import { PCIE0_BUSES } from "../domain/root-ports";
import { assignBusRanges } from "./bus-ranges";
import type { Branch, HostSwitches, RootComplex } from "./host-switches";

/** The PCI part of a domain document. */
export type GuestTree = Pick<DomainDocument, "expanderBuses" | "switches" | "devices">;

/** A PCI bus has 32 slots. */
const SLOTS = 32;
const EXPANDER_BUSES = EXPANDER_SLOTS.last - EXPANDER_SLOTS.first + 1;

/** A reason why the wanted devices have no layout. */
export class NoLayout extends Error {}

/**
 * Lays out the guest's PCI tree: one expander bus per host root complex that holds a wanted device, the host's
 * switches below it, and a port of its own for every device.
 *
 * Slots and bus ranges come from the host's candidates (GPUs, NICs, NVSwitches, NVMe disks), wanted or not, so that
 * taking or leaving one of these moves no other. Only a host with too many candidates is laid out by the wanted ones alone.
 */
export function layOutGuestTree(
  host: HostSwitches,
  wanted: ReadonlySet<string>,
  cellOfNode: ReadonlyMap<number, number>,
): GuestTree {
  const isCandidate = (branch: Branch): boolean =>
    branch.type === "switch" ? branch.branches.some(isCandidate) : isPassable(branch) || wanted.has(branch.address);
  try {
    return layOut(host, wanted, cellOfNode, isCandidate);
  } catch (error) {
    if (!(error instanceof NoLayout)) throw error;
    return layOut(host, wanted, cellOfNode, wantedBranch(wanted));
  }
}

function isPassable(branch: Extract<Branch, { type: "endpoint" }>): boolean {
  return branch.kind === "gpu" || branch.kind === "nic" || branch.kind === "nvswitch" || isNvme(branch.device.class);
}

const isNvme = (pciClass: string): boolean => pciClass.startsWith("0108");

function wantedBranch(wanted: ReadonlySet<string>): (branch: Branch) => boolean {
  const test = (branch: Branch): boolean =>
    branch.type === "switch" ? branch.branches.some(test) : wanted.has(branch.address);
  return test;
}

function layOut(
  host: HostSwitches,
  wanted: ReadonlySet<string>,
  cellOfNode: ReadonlyMap<number, number>,
  keep: (branch: Branch) => boolean,
): GuestTree {
  const isWanted = wantedBranch(wanted);
  const complexes = host.complexes.map((complex) => prune(complex, keep)).filter((complex) => complex.branches.length);
  if (complexes.length > EXPANDER_BUSES) {
    throw new NoLayout(
      `${complexes.length} host root complexes need an expander bus each, but pcie.0 has room for ${EXPANDER_BUSES}`,
    );
  }
  const busNrs = assignBusRanges(complexes.map(busesOf));
  if (busNrs === undefined) {
    const needed = complexes.map(busesOf).reduce((sum, buses) => sum + buses, 0);
    throw new NoLayout(
      `the devices need ${needed} PCI buses besides the ${PCIE0_BUSES} of pcie.0, but a PCI domain has 256`,
    );
  }
  const tree: GuestTree = { expanderBuses: {}, switches: {}, devices: {} };
  complexes.forEach((complex, index) => {
    if (!complex.branches.some(isWanted)) return;
    const cell = cellOfNode.get(complex.numaNode);
    tree.expanderBuses[complex.address] = {
      busNr: busNrs[index] as number,
      slot: EXPANDER_SLOTS.first + index,
      ...(cell === undefined ? {} : { cell }),
    };
    place(complex.branches, complex.address, isWanted, tree);
  });
  return tree;
}

function place(
  branches: readonly Branch[],
  parent: string,
  isWanted: (branch: Branch) => boolean,
  tree: GuestTree,
): void {
  if (branches.length > SLOTS) {
    throw new NoLayout(`${parent} would carry ${branches.length} ports, but a PCI bus has ${SLOTS} slots`);
  }
  branches.forEach((branch, port) => {
    if (!isWanted(branch)) return;
    if (branch.type === "endpoint") tree.devices[branch.address] = { parent, port };
    else {
      tree.switches[branch.address] = { parent, port };
      place(branch.branches, branch.address, isWanted, tree);
    }
  });
}

function prune<T extends { branches: readonly Branch[] }>(node: T, keep: (branch: Branch) => boolean): T {
  const branches = node.branches
    .filter(keep)
    .map((branch) => (branch.type === "switch" ? prune(branch, keep) : branch));
  return { ...node, branches };
}

/** Buses that a root complex takes in the guest: the expander bus, one per port, one per upstream port. */
function busesOf(complex: RootComplex): number {
  const below = (branch: Branch): number =>
    1 + (branch.type === "switch" ? 1 + branch.branches.reduce((sum, inner) => sum + below(inner), 0) : 0);
  return 1 + complex.branches.reduce((sum, branch) => sum + below(branch), 0);
}
