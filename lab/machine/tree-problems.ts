import { joinPath, type Problem } from "../../core/problems";
import type { HostTopology, PciDevice, PortType } from "../../core/topology/model";
import { MAX_ROOTS } from "./expander-slots";
import { addressParts } from "./pci-address";

/** What a bridge of each type may be below; "root" is a root bus (PCI Express base specification, 1.3). */
const BELOW: Readonly<Record<Exclude<PortType, "pci-bridge">, readonly (PortType | "root")[]>> = {
  "root-port": ["root"],
  "upstream-port": ["root-port", "downstream-port"],
  "downstream-port": ["upstream-port"],
};
const MAX_SLOT = 0x1f;
/**
 * Functions one below the other, the last one included. QEMU names the state of a device by its path, 5 characters for
 * each of them, in 255 characters with the device's own name (migration/savevm.c, SaveStateEntry.idstr).
 */
const MAX_DEPTH = 40;

/** Why QEMU cannot have this PCI tree, every reason at once. */
export function treeProblems(host: HostTopology): Problem[] {
  const problems: Problem[] = [];
  if (host.pciRoots.length > MAX_ROOTS) {
    const message = `${host.pciRoots.length} root complexes are more than the ${MAX_ROOTS} that the machine has places for; take out those without devices of interest`;
    problems.push({ path: "pciRoots", message });
  }
  host.pciRoots.forEach((root, index) => {
    const path = joinPath("pciRoots", index);
    const domain = root.address.slice(0, root.address.lastIndexOf(":"));
    if (domain !== "0000") problems.push({ path: `${path}.address`, message: foreignDomain(root.address, domain) });
    const foreign = domain !== "0000";
    checkBus(root.devices, undefined, `${path}.devices`, problems, foreign, 1);
  });
  return problems;
}

function checkBus(
  devices: readonly PciDevice[],
  parent: PciDevice | undefined,
  path: string,
  problems: Problem[],
  domainTold: boolean,
  depth: number,
): void {
  const [first] = devices;
  if (depth > MAX_DEPTH && first !== undefined) {
    const message = `${first.address} has more than ${MAX_DEPTH - 1} bridges above it, and QEMU cannot save the state of devices so deep; take out bridges without devices of interest`;
    problems.push({ path, message });
    return;
  }
  problems.push(...placeProblems(devices, parent, path));
  devices.forEach((device, index) => {
    const at = joinPath(path, index);
    const { domain } = addressParts(device.address);
    const foreign = domain !== "0000";
    if (foreign && !domainTold) {
      problems.push({ path: `${at}.address`, message: foreignDomain(device.address, domain) });
    }
    const message = bridgeProblem(device, parent);
    if (message !== undefined) problems.push({ path: `${at}.port`, message });
    checkBus(device.children ?? [], device, `${at}.children`, problems, domainTold || foreign, depth + 1);
  });
}

function foreignDomain(address: string, domain: string): string {
  return `${address} is in PCI domain ${domain}, and QEMU's q35 machine has domain 0000 alone; take it out of the host file`;
}

function bridgeProblem(device: PciDevice, parent: PciDevice | undefined): string | undefined {
  const { address, port } = device;
  const bridgeClass = device.class.startsWith("0604");
  if (port === undefined) {
    if (!bridgeClass) return undefined;
    return `${address} is a bridge by its class ${device.class} but has no port type; discover the host as root`;
  }
  if (!bridgeClass) {
    return `${address} is a bridge of class ${device.class}, and firmware numbers the buses behind class 0604 alone; make its class 060400`;
  }
  if (port === "pci-bridge") return undefined;
  const above = parent === undefined ? "root" : parent.port;
  if (above !== undefined && BELOW[port].includes(above)) return undefined;
  const found = parent === undefined ? "on a root bus" : `below the ${parent.port ?? "endpoint"} ${parent.address}`;
  const wanted = BELOW[port].map((type) => (type === "root" ? "on a root bus" : `below a ${type}`)).join(" or ");
  const hint =
    port === "upstream-port"
      ? "; NCCL topology files leave the other ports out: record the host itself, with gpudirect discover"
      : "; correct the host file";
  return `${address} is ${indefinite(port)} ${found}, but has its place ${wanted}${hint}`;
}

function indefinite(port: PortType): string {
  return port === "upstream-port" ? "an upstream-port" : `a ${port}`;
}

/** Places on one bus: no two functions in one, function 0 in each slot, and behind a PCI Express link slot 0 alone. */
function placeProblems(devices: readonly PciDevice[], parent: PciDevice | undefined, path: string): Problem[] {
  const problems: Problem[] = [];
  const link = parent?.port === "root-port" || parent?.port === "downstream-port";
  const bus = parent === undefined ? "the root bus" : `the bus behind ${parent.address}`;
  const first = new Map<string, string>();
  const places = devices.map(({ address }) => addressParts(address));
  const wholeSlots = new Set(places.filter((place) => place.function === 0).map(({ slot }) => slot));
  const told = new Set<number>();
  devices.forEach(({ address }, index) => {
    const place = places[index] as (typeof places)[number];
    const key = `${place.slot}.${place.function}`;
    const add = (message: string) => problems.push({ path: `${joinPath(path, index)}.address`, message });
    const other = first.get(key);
    if (other !== undefined)
      add(`${address} has the same slot and function on ${bus} as ${other}; correct the host file`);
    else first.set(key, address);
    if (link && place.slot !== 0) {
      add(
        `${address} is in slot ${place.slot} behind the ${parent.port} ${parent.address}, where PCI Express has slot 0 alone; switch virtual functions off and discover the host again`,
      );
    } else if (!wholeSlots.has(place.slot) && !told.has(place.slot)) {
      told.add(place.slot);
      add(`${address} has no function 0 beside it, without which nobody finds it; discover the host itself, not a VM`);
    }
  });
  if (parent?.port === "pci-bridge" && wholeSlots.has(0) && wholeSlots.has(MAX_SLOT)) {
    const message = `${bus} has slots 0 and 31 in use, and QEMU's bridge has no slot 0 to give; take one of them out`;
    problems.push({ path, message });
  }
  return problems;
}
