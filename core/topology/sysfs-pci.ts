import { byAddress } from "./address-order";
import { sysfsLinkSpeed } from "./link-speed";
import { type PciBar, type PciDevice, type PciRoot, pciAddress, type VolatileFacts } from "./model";
import { baseName, functionOfPath, type ProbeSections } from "./probe-sections";
import { type ConfigFacts, configFacts, parseConfigDumps } from "./sysfs-config";

/** The PCI part of a probe. */
export interface ProbedPci {
  readonly roots: PciRoot[];
  readonly functions: ReadonlyMap<string, PciDevice>;
  /** The physical function of each SR-IOV virtual function. */
  readonly physicalFunctions: ReadonlyMap<string, string>;
  readonly drivers: NonNullable<VolatileFacts["drivers"]>;
  readonly links: NonNullable<VolatileFacts["links"]>;
  /** Whether capabilities were read; not so without root. */
  readonly capabilitiesRead: boolean;
}

/** Resource flags of linux include/linux/ioport.h, as the `resource` file prints them. */
const IORESOURCE_MEM = 0x200;
const IORESOURCE_PREFETCH = 0x2000;
const IORESOURCE_MEM_64 = 0x100000;

type Attributes = ReadonlyMap<string, readonly string[]>;

/**
 * The PCI tree by real sysfs paths: `devices/pci0000:15/0000:15:01.0/0000:16:00.0` is a function below a bridge of root
 * complex 0000:15. A VMD's domain is a root complex of its own: `…/0000:16:05.5/pci10000:e0/10000:e0:06.0`.
 */
export function probedPci(probe: ProbeSections): ProbedPci {
  const links = probe.links("pci-links");
  const attributes = probe.attributes("pci-attributes");
  const dumps = parseConfigDumps(probe.lines("pci-config"));
  const addresses = [...links.keys()].filter((name) => pciAddress.safeParse(name).success).sort(byAddress);
  const found: Omit<ProbedPci, "roots" | "capabilitiesRead"> = {
    functions: new Map(
      addresses.map((address) => {
        const config = configFacts(dumps.get(address) ?? new Uint8Array());
        const group = links.get(`${address}/iommu_group`);
        return [address, functionFacts(address, attributes.get(address) ?? new Map(), config, group)];
      }),
    ),
    physicalFunctions: new Map(
      addresses.flatMap((address) => {
        const physical = functionOfPath(links.get(`${address}/physfn`) ?? "");
        return physical ? [[address, physical]] : [];
      }),
    ),
    drivers: Object.fromEntries(
      addresses.flatMap((address) => {
        const driver = links.get(`${address}/driver`);
        return driver ? [[address, baseName(driver)]] : [];
      }),
    ),
    links: Object.fromEntries(
      addresses.flatMap((address) => trainedLink(address, attributes.get(address) ?? new Map())),
    ),
  };
  const capabilitiesRead = addresses.every((address) => (dumps.get(address)?.length ?? 0) > 64);
  return { ...found, capabilitiesRead, roots: buildTree(addresses, links, found.functions) };
}

function buildTree(
  addresses: readonly string[],
  paths: ReadonlyMap<string, string>,
  functions: ReadonlyMap<string, PciDevice>,
): PciRoot[] {
  const roots = new Map<string, PciRoot>();
  for (const address of addresses) {
    const device = functions.get(address) as PciDevice;
    const components = (paths.get(address) ?? "").split("/");
    const rootAt = components.findLastIndex((name) => /^pci[0-9a-f]{4,8}:[0-9a-f]{2}$/.test(name));
    const rootName = rootAt < 0 ? address.slice(0, address.lastIndexOf(":")) : (components[rootAt] ?? "").slice(3);
    const root = roots.get(rootName) ?? { address: rootName, devices: [] };
    roots.set(rootName, root);
    const parent = functions.get(components.slice(rootAt + 1, -1).at(-1) ?? "");
    if (parent) parent.children = [...(parent.children ?? []), device];
    else root.devices.push(device);
  }
  for (const device of functions.values()) if (device.children && !device.port) device.port = "pci-bridge";
  return [...roots.values()].map(({ address, devices }) => {
    const node = commonNode(devices);
    return { address, ...(node === undefined ? {} : { numaNode: node }), devices };
  });
}

/** A root complex has no numa_node file: its node is the one that all its functions with a node agree on. */
function commonNode(devices: readonly PciDevice[]): number | undefined {
  const nodes = new Set(devices.map(({ numaNode }) => numaNode).filter((node) => node !== undefined));
  return nodes.size === 1 ? [...nodes][0] : undefined;
}

function functionFacts(
  address: string,
  attributes: Attributes,
  config: ConfigFacts,
  group: string | undefined,
): PciDevice {
  const hex = (name: string) => attributes.get(name)?.[0]?.replace(/^0x/, "").toLowerCase();
  const number = (name: string) => {
    const value = Number(attributes.get(name)?.[0] ?? Number.NaN);
    return Number.isInteger(value) && value >= 0 ? value : undefined;
  };
  const { capabilitiesRead: _, port: portOfConfig, ...capabilities } = config;
  const classCode = hex("class")?.padStart(6, "0") ?? "ff0000";
  const width = number("max_link_width");
  const bars = memoryBars(attributes.get("resource") ?? []);
  const totalVfs = number("sriov_totalvfs") ?? capabilities.virtualFunctions;
  const port = portOfConfig ?? (/^060[49]/.test(classCode) && config.capabilitiesRead ? "pci-bridge" : undefined);
  const subsystemVendor = hex("subsystem_vendor");
  const hasSubsystem = subsystemVendor !== undefined && subsystemVendor !== "0000" && subsystemVendor !== "ffff";
  return defined({
    address,
    class: classCode,
    vendor: hex("vendor"),
    device: hex("device"),
    subsystemVendor: hasSubsystem ? subsystemVendor : undefined,
    subsystemDevice: hasSubsystem ? hex("subsystem_device") : undefined,
    serial: capabilities.serial,
    port,
    maxLinkSpeed: sysfsLinkSpeed(attributes.get("max_link_speed")?.[0] ?? ""),
    maxLinkWidth: width !== undefined && width >= 1 && width <= 32 ? width : undefined,
    bars: bars.length > 0 ? bars : undefined,
    numaNode: number("numa_node"),
    iommuGroup: group !== undefined && /^\d+$/.test(baseName(group)) ? Number(baseName(group)) : undefined,
    acs: capabilities.acs,
    ats: capabilities.ats,
    virtualFunctions: totalVfs,
  });
}

/** Memory BARs of the first six lines of `resource`: start, end and flags in hexadecimal; port I/O is left out. */
function memoryBars(lines: readonly string[]): PciBar[] {
  return lines.slice(0, 6).flatMap((line, index) => {
    const [start = 0n, end = 0n, flags = 0n] = line
      .split(/\s+/)
      .map((value) => BigInt(/^0x[0-9a-f]+$/.test(value) ? value : 0));
    if (!(Number(flags) & IORESOURCE_MEM) || end <= start) return [];
    return [
      {
        index,
        sizeBytes: Number(end - start + 1n),
        is64Bit: (Number(flags) & IORESOURCE_MEM_64) !== 0,
        prefetchable: (Number(flags) & IORESOURCE_PREFETCH) !== 0,
      },
    ];
  });
}

function trainedLink(address: string, attributes: Attributes): [string, { speed?: string; width?: number }][] {
  const speed = sysfsLinkSpeed(attributes.get("current_link_speed")?.[0] ?? "");
  const width = Number(attributes.get("current_link_width")?.[0] ?? 0);
  if (speed === undefined || !(width >= 1 && width <= 32)) return [];
  return [[address, { speed, width }]];
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;
}
