import { baseName, functionOfPath, type ProbeSections } from "./probe-sections";

/**
 * PCI functions of the disks that hold /, /usr, /boot and the EFI partition: from /proc/self/mountinfo by device number,
 * or by source where the number is made up (btrfs), through partitions, device mapper, md, btrfs devices and NVMe
 * multipath. Empty for a root file system that is on no disk (network, RAM, container).
 */
export function bootFunctions(probe: ProbeSections): Set<string> {
  const blocks = new BlockDevices(probe);
  const functions = new Set<string>();
  for (const line of probe.lines("mounts")) {
    const [before = "", after = ""] = line.split(" - ");
    const source = after.split(" ")[1] ?? "";
    const names = [
      blocks.ofNumber(before.split(" ")[2] ?? ""),
      ...(source.startsWith("/dev/") ? blocks.ofSource(source) : []),
    ];
    for (const name of names) if (name !== undefined) blocks.collect(name, functions, new Set());
  }
  return functions;
}

class BlockDevices {
  private readonly paths: Map<string, string>;
  private readonly numbers = new Map<string, string>();
  private readonly slaves = new Map<string, string[]>();
  private readonly mapper: Map<string, string>;
  private readonly btrfs: string[][];
  private readonly controllers: Map<string, string>;
  private readonly subsystems = new Map<string, string[]>();

  constructor(probe: ProbeSections) {
    this.paths = probe.links("block-links");
    this.mapper = probe.links("device-mapper");
    this.controllers = probe.links("nvme");
    for (const [name, attributes] of probe.attributes("block-numbers")) {
      this.numbers.set(attributes.get("dev")?.[0] ?? "", name);
    }
    group(this.slaves, probe.lines("block-slaves"));
    group(this.subsystems, probe.lines("nvme-subsystems"));
    const volumes = new Map<string, string[]>();
    group(volumes, probe.lines("btrfs"));
    this.btrfs = [...volumes.values()];
  }

  ofNumber(number: string): string | undefined {
    return this.numbers.get(number);
  }

  /** Block devices of a mount source such as /dev/mapper/vg-root; a btrfs volume has several. */
  ofSource(source: string): string[] {
    const name = baseName(source);
    const device = source.startsWith("/dev/mapper/") ? baseName(this.mapper.get(name) ?? name) : name;
    return this.btrfs.find((devices) => devices.includes(device)) ?? [device];
  }

  /** Adds the PCI functions under a block device. */
  collect(name: string, functions: Set<string>, seen: Set<string>): void {
    if (seen.has(name)) return;
    seen.add(name);
    const path = this.paths.get(name) ?? this.controllers.get(name);
    if (path === undefined) return;
    const address = functionOfPath(path);
    if (address !== undefined) functions.add(address);
    for (const component of path.split("/")) {
      for (const slave of this.slaves.get(component) ?? []) this.collect(slave, functions, seen);
      for (const controller of this.subsystems.get(component) ?? []) this.collect(controller, functions, seen);
    }
  }
}

/** Lines `OWNER/…/NAME`: the names by owner. */
function group(into: Map<string, string[]>, lines: readonly string[]): void {
  for (const line of lines) {
    const owner = line.slice(0, line.indexOf("/"));
    into.set(owner, [...(into.get(owner) ?? []), baseName(line)]);
  }
}
