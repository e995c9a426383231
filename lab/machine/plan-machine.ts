import { type Problem, Refusal } from "../../core/problems";
import type { HostTopology, PciDevice, PciRoot } from "../../core/topology/model";
import { dealAddresses } from "./deal-addresses";
import { expanderPlaces } from "./expander-slots";
import type { MachinePlan, Place, PlannedFunction, PlannedNode, PlannedRoot } from "./machine-plan";
import { addressParts, byPlace } from "./pci-address";
import { nodeNotes, nodeProblems, planNodes } from "./plan-nodes";
import { BUSES, type BusNeed, rootBuses } from "./root-buses";
import { type Above, needsExpress, standInOf } from "./stand-in";
import { treeProblems } from "./tree-problems";

/**
 * The simulated machine of a host: each root complex an expander bus of QEMU's, each function a stand-in at the host's
 * place on its bus. The same host always gives the same plan.
 * @throws Refusal with every reason why QEMU cannot have this machine
 */
export function planMachine(host: HostTopology): MachinePlan {
  const buses = rootBuses(host.pciRoots.map(busNeed));
  const problems = [...treeProblems(host), ...nodeProblems(host), ...(buses === undefined ? [tooManyBuses(host)] : [])];
  if (problems.length > 0 || buses === undefined) throw new Refusal(problems);
  const nodes = planNodes(host);
  const roots = planRoots(host, buses, nodes);
  const functions = planFunctions(host.pciRoots);
  const addresses = dealAddresses(roots, functions);
  return { roots, functions, nodes, addresses, notes: [...nodeNotes(nodes), ...deviceNotes(host, functions)] };
}

function busNeed(root: PciRoot): BusNeed {
  return { hostBus: Number.parseInt(root.address.slice(-2), 16), buses: 1 + countBridges(root.devices) };
}

function countBridges(devices: readonly PciDevice[]): number {
  return devices.reduce((sum, { port, children }) => sum + (port ? 1 : 0) + countBridges(children ?? []), 0);
}

function tooManyBuses(host: HostTopology): Problem {
  const needed = 1 + host.pciRoots.reduce((sum, root) => sum + busNeed(root).buses, 0);
  const message = `the host needs ${needed} buses with the machine's own, and a PCI domain has ${BUSES}; take out bridges without devices of interest`;
  return { path: "pciRoots", message };
}

function planRoots(host: HostTopology, buses: readonly number[], nodes: readonly PlannedNode[]): PlannedRoot[] {
  const places = expanderPlaces(host.pciRoots.length);
  return host.pciRoots.map((root, index) => {
    const hostNode = nodeOfRoot(root);
    return {
      address: root.address,
      id: qemuId("r", root.address),
      bus: buses[index] as number,
      ...(hostNode === undefined ? {} : { node: nodes.findIndex((node) => node.hostNode === hostNode) }),
      place: places[index] as Place,
    };
  });
}

/** The file's node of the root complex, else the lowest that any of its functions has. */
function nodeOfRoot(root: PciRoot): number | undefined {
  if (root.numaNode !== undefined) return root.numaNode;
  const nodes = allBelow(root.devices).flatMap(({ numaNode }) => (numaNode === undefined ? [] : [numaNode]));
  return nodes.length === 0 ? undefined : Math.min(...nodes);
}

function allBelow(devices: readonly PciDevice[]): PciDevice[] {
  return devices.flatMap((device) => [device, ...allBelow(device.children ?? [])]);
}

/** Every function after its parent, by place on each bus: QEMU needs function 0 first where it has others. */
function planFunctions(roots: readonly PciRoot[]): PlannedFunction[] {
  const functions: PlannedFunction[] = [];
  let ports = 0;
  const planBus = (devices: readonly PciDevice[], root: string, parent: PciDevice | undefined, above: Above): void => {
    const shift = slotShift(devices, parent, above);
    const placed = devices.map((device) => ({ device, place: placeOf(device, shift) }));
    placed.sort((a, b) => byPlace(a.place, b.place));
    for (const { device, place } of placed) {
      const { children, ...facts } = device;
      const { standIn, express } = standInOf(device, above);
      functions.push({
        device: facts,
        id: qemuId("f", device.address),
        standIn,
        ...(parent === undefined ? {} : { parent: parent.address }),
        root,
        place,
        multifunction: placed.some((other) => other.place.slot === place.slot && other.place.function > 0),
        express,
        ...(device.port === undefined ? {} : { port: ++ports }),
      });
      if (children) planBus(children, root, device, device.port === "pci-bridge" ? "conventional" : "express");
    }
  };
  for (const root of roots) planBus(root.devices, root.address, undefined, "root");
  return functions;
}

/**
 * Behind a pcie-pci-bridge all slots are one higher where slot 0 is in use: its hot-plug controller begins at slot 1
 * (QEMU hw/pci/shpc.c) and cannot be switched off.
 */
function slotShift(devices: readonly PciDevice[], parent: PciDevice | undefined, above: Above): number {
  if (above !== "conventional" || parent === undefined) return 0;
  return devices.some(({ address }) => addressParts(address).slot === 0) ? 1 : 0;
}

function placeOf(device: PciDevice, shift: number): Place {
  const { slot, function: fn } = addressParts(device.address);
  return { slot: slot + shift, function: fn };
}

/** `0000:18:00.0` as QEMU allows it in an id. */
function qemuId(prefix: string, address: string): string {
  return `${prefix}${address.replace(/[:.]/g, "-")}`;
}

function deviceNotes(host: HostTopology, functions: readonly PlannedFunction[]): string[] {
  const notes: string[] = [];
  const nodes = new Map(host.pciRoots.map((root) => [root.address, nodeOfRoot(root)]));
  for (const { device, root, express } of functions) {
    const node = nodes.get(root);
    if (device.numaNode !== undefined && device.numaNode !== node) {
      notes.push(
        `${device.address} is on NUMA node ${node}, not ${device.numaNode}: a root complex of QEMU's has one node for all`,
      );
    }
    if (!express && needsExpress(device)) {
      notes.push(`${device.address} is on a bus of conventional PCI and shows no PCI Express capabilities`);
    }
    if (device.serial !== undefined && !/^[0-9a-f]{16}$/i.test(device.serial)) {
      notes.push(
        `${device.address} shows no serial number: ${JSON.stringify(device.serial)} is not 16 hexadecimal digits`,
      );
    }
  }
  return notes;
}
