import { numberBuses } from "../domain/bus-numbers";
import type { DomainDocument } from "../domain/document";
import { Refusal } from "../problems";
import { cpuRanges } from "../topology/cpu-list";
import { deviceKind } from "../topology/device-kind";
import type { HostTopology, PciDevice } from "../topology/model";
import { devicesByAddress, type PlacedDevice } from "../topology/walk";
import { FILE_LAWS } from "./file-laws";
import { hostLink, type Link, linkSpeedText, UNKNOWN_LINK, uplink } from "./links";

/** What the file needs of a plan; core/plan's GuestPlan has it. */
export interface PlannedGuest {
  readonly domain: Pick<DomainDocument, "cells" | "expanderBuses" | "switches" | "devices">;
  /** Guest address of each passed-through function, by host address. */
  readonly guestAddresses: Readonly<Record<string, string>>;
}

/**
 * NCCL's topology file of a planned guest: a cpu for each guest cell with the cell's CPUs, below it the guest's
 * switches, GPUs, NICs and NVSwitches at the guest's addresses, with the host's ids and real link speeds. What NCCL
 * reads in the guest itself is left to it; FILE_LAWS has the facts that this rests on.
 *
 * The file is that of the real guest: in a rehearsal, too, a GPU, NIC or NVSwitch has the class, ids and links of the
 * host's device, not of its stand-in; cells have the rehearsal's CPUs.
 * @throws Refusal where the plan has devices or switches that the host lacks
 */
export function ncclTopology(host: HostTopology, plan: PlannedGuest): string {
  const tree = new FileTree(host, plan);
  const cells = Object.keys(plan.domain.cells).sort((a, b) => Number(a) - Number(b));
  const cpus = cells.map((cell, index) => {
    const buses = Object.entries(plan.domain.expanderBuses)
      .filter(([, bus]) => (bus.cell === undefined ? index === 0 : String(bus.cell) === cell))
      .sort(([, a], [, b]) => a.busNr - b.busNr);
    const affinity = cpuMask(plan.domain.cells[cell]?.cpus ?? "");
    const fits = affinity.length <= FILE_LAWS.valueLength;
    return element(
      "cpu",
      { numaid: cell, ...(fits ? { affinity } : {}) },
      buses.flatMap(([key]) => tree.below(key)).map(({ lines }) => lines),
    );
  });
  return `${element("system", { version: FILE_LAWS.version }, cpus).join("\n")}\n`;
}

/** Links of the file that the host's facts lack, and what stands in for them, in words. */
export function assumedLinks(host: HostTopology, plan: PlannedGuest): string[] {
  const tree = new FileTree(host, plan);
  for (const key of Object.keys(plan.domain.expanderBuses)) tree.below(key);
  const { devices, switches } = tree.assumed;
  const stands = `${linkSpeedText(UNKNOWN_LINK)} x${UNKNOWN_LINK.width}`;
  const lines: string[] = [];
  if (devices.length > 0) lines.push(`PCIe links of ${devices.join(", ")} in NCCL's topology file: ${stands}`);
  if (switches.length > 0) {
    lines.push(`uplinks of switches ${switches.join(", ")} in NCCL's topology file: as fast as the fastest link below`);
  }
  return lines;
}

/** A `<pci>` element with all below it, and its link. */
interface PciElement {
  readonly busid: string;
  readonly link: Link;
  readonly lines: readonly string[];
}

class FileTree {
  readonly assumed = { devices: [] as string[], switches: [] as string[] };
  private readonly functions: ReadonlyMap<string, PlacedDevice>;
  private readonly ports;

  constructor(
    host: HostTopology,
    private readonly plan: PlannedGuest,
  ) {
    this.functions = devicesByAddress(host);
    this.ports = numberBuses(plan.domain).ports;
    const { devices, switches } = plan.domain;
    const missing = [...Object.keys(devices), ...Object.keys(switches)].filter((key) => !this.functions.has(key));
    if (missing.length > 0) {
      throw new Refusal(missing.map((key) => ({ path: "", message: `the host has no PCI function ${key}` })));
    }
  }

  /** Elements below an expander bus or switch in bus order; what NCCL has no use for is left out. */
  below(parent: string): PciElement[] {
    const { devices, switches } = this.plan.domain;
    const childrenOf = (map: Readonly<Record<string, { readonly parent: string }>>) =>
      Object.keys(map).filter((key) => map[key]?.parent === parent);
    return [
      ...childrenOf(switches).flatMap((key) => this.switch(key)),
      ...childrenOf(devices).flatMap((key) => this.endpoint(key)),
    ].sort((a, b) => (a.busid < b.busid ? -1 : 1));
  }

  /** A switch is its upstream port, which sits alone on the bus behind the port above: a real bridge of the guest. */
  private switch(key: string): PciElement[] {
    const placed = this.functions.get(key) as PlacedDevice;
    const below = this.below(key);
    const bus = this.ports.get(key)?.secondaryBus;
    if (below.length === 0 || bus === undefined) return [];
    const busid = `0000:${bus.toString(16).padStart(2, "0")}:00.0`;
    const link = uplink(
      placed,
      below.map((one) => one.link),
    );
    if (!sameLink(link, hostLink(placed))) this.assumed.switches.push(key);
    const attributes = pciAttributes(busid, { ...placed.device, class: "060400" }, link);
    return [
      {
        busid,
        link,
        lines: element(
          "pci",
          attributes,
          below.map(({ lines }) => lines),
        ),
      },
    ];
  }

  private endpoint(key: string): PciElement[] {
    const placed = this.functions.get(key) as PlacedDevice;
    const kind = deviceKind(placed.device);
    const busid = this.plan.guestAddresses[key];
    if (busid === undefined || (kind !== "gpu" && kind !== "nic" && kind !== "nvswitch")) return [];
    const known = hostLink(placed);
    if (!known) this.assumed.devices.push(key);
    const link = known ?? UNKNOWN_LINK;
    return [{ busid, link, lines: element("pci", pciAttributes(busid, placed.device, link)) }];
  }
}

function sameLink(a: Link, b: Link | undefined): boolean {
  return a.speed === b?.speed && a.width === b.width;
}

function pciAttributes(busid: string, device: PciDevice, link: Link): Record<string, string> {
  const ids = {
    vendor: device.vendor,
    device: device.device,
    subsystem_vendor: device.subsystemVendor,
    subsystem_device: device.subsystemDevice,
  };
  return {
    busid,
    class: `0x${device.class}`,
    ...Object.fromEntries(Object.entries(ids).flatMap(([name, id]) => (id === undefined ? [] : [[name, `0x${id}`]]))),
    link_speed: linkSpeedText(link),
    link_width: String(link.width),
  };
}

/** The kernel's cpumap: groups of 32 bits, the highest first. */
function cpuMask(cpus: string): string {
  const groups: number[] = [0];
  for (const [first, last] of cpuRanges(cpus)) {
    for (let cpu = first; cpu <= last; cpu++) {
      const group = Math.floor(cpu / 32);
      while (groups.length <= group) groups.push(0);
      groups[group] = ((groups[group] as number) | (1 << (cpu % 32))) >>> 0;
    }
  }
  return groups
    .reverse()
    .map((group) => group.toString(16).padStart(8, "0"))
    .join(",");
}

/** Lines of an element. Values are addresses, numbers and words: none has anything to escape. */
function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly (readonly string[])[] = [],
): string[] {
  const start = `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${value}"`)
    .join("")}`;
  if (children.length === 0) return [`${start}/>`];
  return [`${start}>`, ...children.flat().map((line) => `  ${line}`), `</${name}>`];
}
