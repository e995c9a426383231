import { z } from "zod";

/**
 * What a host is, as facts: PCI tree, NUMA nodes, links, BARs, IOMMU groups. Every reader fills this model, every
 * decision reads it, and the host file is its JSON. A fact that a source does not have is absent, never guessed.
 */

/** Host file version that this code reads and writes. Raised when an old file would be read wrongly. */
export const HOST_FILE_VERSION = 1;

/** `DDDD:BB:SS.F`, lower case; domains of more than 16 bits (VMD) have more than four digits. */
export const pciAddress = z
  .string()
  .regex(/^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/, "must be a PCI address like 0000:17:00.0, in lower case");

/** A host root complex: `DDDD:BB`, its domain and root bus. */
export const rootAddress = z
  .string()
  .regex(/^[0-9a-f]{4,8}:[0-9a-f]{2}$/, "must be a PCI domain and root bus like 0000:15, in lower case");

const hex4 = z.string().regex(/^[0-9a-f]{4}$/, "must be four hexadecimal digits in lower case");
const hex6 = z.string().regex(/^[0-9a-f]{6}$/, "must be six hexadecimal digits in lower case");

/** A CPU list as the kernel writes it: `0-55,112-167`. */
export const cpuList = z
  .string()
  .regex(/^\d+(-\d+)?(,\d+(-\d+)?)*$/, 'must be a CPU list like "0-55,112-167"')
  .or(z.literal(""));

/** The sysfs spelling of a link speed, which is also NCCL's. */
const linkSpeed = z.string().regex(/^\d+(\.\d+)? GT\/s PCIe$/, 'must be a link speed like "32.0 GT/s PCIe"');

export const portType = z
  .enum(["root-port", "upstream-port", "downstream-port", "pci-bridge"])
  .describe("PCIe port type of a bridge; pci-bridge is a bridge to conventional PCI. Absent on endpoints.");
export type PortType = z.infer<typeof portType>;

export const bar = z
  .strictObject({
    index: z.int().min(0).max(5).describe("BAR number, 0-5"),
    sizeBytes: z.number().int().positive().describe("Size in bytes, a power of two"),
    is64Bit: z.boolean().optional().describe("Whether the BAR may be placed above 4 GiB"),
    prefetchable: z.boolean().optional().describe("Whether the BAR is prefetchable"),
  })
  .meta({ id: "PciBar", description: "A base address register of a PCI function" });
export type PciBar = z.infer<typeof bar>;

export const hostUse = z
  .enum(["boot-disk", "ssh-route", "bmc-nic"])
  .describe(
    "Why the host itself cannot spare the device: it boots from it, is reached by it, or talks to its BMC by it",
  );
export type HostUse = z.infer<typeof hostUse>;

const pciFunctionShape = {
  address: pciAddress.describe("PCI address DDDD:BB:SS.F, in lower case"),
  class: hex6.describe("Class code: class, subclass, programming interface; 030200 is a 3D controller"),
  vendor: hex4.optional().describe("Vendor id"),
  device: hex4.optional().describe("Device id"),
  subsystemVendor: hex4.optional().describe("Subsystem vendor id"),
  subsystemDevice: hex4.optional().describe("Subsystem device id"),
  serial: z.string().min(1).max(64).optional().describe("Device serial number capability, in hexadecimal"),
  port: portType.optional(),
  maxLinkSpeed: linkSpeed.optional().describe('Maximum link speed as sysfs writes it: "32.0 GT/s PCIe"'),
  maxLinkWidth: z.int().min(1).max(32).optional().describe("Maximum link width in lanes"),
  bars: z.array(bar).optional().describe("Base address registers with a size"),
  numaNode: z.int().min(0).optional().describe("NUMA node; absent where the firmware gives none"),
  iommuGroup: z.int().min(0).optional().describe("IOMMU group number"),
  acs: z.boolean().optional().describe("Whether the function has the ACS capability"),
  ats: z.boolean().optional().describe("Whether the function has the ATS capability"),
  virtualFunctions: z.int().min(0).optional().describe("SR-IOV TotalVFs; 0 or absent without SR-IOV"),
  hostUses: z.array(hostUse).optional().describe("What the host itself needs the device for"),
};

/** One PCI function, and below a bridge the functions behind it, in bus order. */
export type PciDevice = z.infer<z.ZodObject<typeof pciFunctionShape, z.core.$strict>> & {
  children?: PciDevice[] | undefined;
};
export const pciDevice: z.ZodType<PciDevice> = z
  .strictObject({
    ...pciFunctionShape,
    get children() {
      return z.array(pciDevice).optional().describe("Functions on the bus behind a bridge");
    },
  })
  .meta({ id: "PciDevice", description: "A PCI function of the host; bridges carry what is behind them" });

export const pciRoot = z
  .strictObject({
    address: rootAddress.describe("PCI domain and root bus DDDD:BB, in lower case"),
    numaNode: z.int().min(0).optional().describe("NUMA node of the root complex"),
    devices: z.array(pciDevice).describe("Functions on the root bus"),
  })
  .meta({ id: "PciRoot", description: "A host root complex: a root bus and the PCI tree below it" });
export type PciRoot = z.infer<typeof pciRoot>;

const byNode = <T extends z.ZodType>(value: T) =>
  z.record(z.string().regex(/^\d+$/, "must be a NUMA node number"), value);
const byPageSize = <T extends z.ZodType>(value: T) =>
  z.record(z.string().regex(/^\d+$/, "must be a page size in KiB"), value);

export const numaNode = z
  .strictObject({
    id: z.int().min(0).max(1023).describe("NUMA node number"),
    cpus: cpuList.describe('CPUs of the node as the kernel lists them: "0-55,112-167"; empty for a node without CPUs'),
    threadSiblings: z
      .array(cpuList)
      .optional()
      .describe('One CPU list per core, as in sysfs thread_siblings_list: "0,112"'),
    socket: z.int().min(0).optional().describe("Physical package of the node's CPUs"),
    memoryMiB: z.int().min(0).optional().describe("Memory of the node in MiB; 0 for a node without memory"),
    distances: byNode(z.int().min(10).max(255)).optional().describe("ACPI SLIT distance to each node, 10 = local"),
    hugepages: byPageSize(z.int().min(0)).optional().describe("Configured hugepages by page size in KiB"),
  })
  .meta({ id: "NumaNode", description: "A NUMA node of the host" });
export type NumaNode = z.infer<typeof numaNode>;

export const volatileFacts = z
  .strictObject({
    drivers: z.record(pciAddress, z.string()).optional().describe("Driver bound to each PCI function"),
    links: z
      .record(pciAddress, z.strictObject({ speed: linkSpeed.optional(), width: z.int().min(0).optional() }))
      .optional()
      .describe("Trained link speed and width of each PCI function"),
    freeHugepages: byNode(byPageSize(z.int().min(0)))
      .optional()
      .describe("Free hugepages by node, then page size in KiB"),
    kernelCommandLine: z.string().optional().describe("/proc/cmdline"),
    lockdown: z.enum(["none", "integrity", "confidentiality"]).optional().describe("Kernel lockdown mode"),
  })
  .meta({
    id: "VolatileFacts",
    description: "Facts that change without a change of hardware; they never enter a plan",
  });
export type VolatileFacts = z.infer<typeof volatileFacts>;

export const hostTopology = z
  .strictObject({
    format: z.literal("gpudirect-host").describe("Always gpudirect-host"),
    version: z.literal(HOST_FILE_VERSION).describe("Version of the host file"),
    source: z.string().min(1).describe("Where the facts come from"),
    vendor: z.string().optional().describe("System vendor, from DMI"),
    product: z.string().optional().describe("Product name, from DMI"),
    physicalAddressBits: z.int().min(32).max(64).optional().describe("Physical address width of the CPUs in bits"),
    numaNodes: z.array(numaNode).min(1).describe("NUMA nodes in ascending order"),
    pciRoots: z.array(pciRoot).min(1).describe("Host root complexes"),
    volatile: volatileFacts.optional(),
  })
  .meta({ id: "HostTopology", description: "What a host is: its PCI tree, NUMA nodes, links, BARs and IOMMU groups" });
export type HostTopology = z.infer<typeof hostTopology>;
