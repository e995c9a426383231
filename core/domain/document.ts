import { z } from "zod";
import { cpuRanges, MAX_CPU } from "../topology/cpu-list";
import { cpuList as anyCpuList, pciAddress, rootAddress } from "../topology/model";

/**
 * A libvirt domain as a document. Everything that a user may add or remove is a map keyed by host address or name,
 * so that a removed GPU is one line of diff and `ignoreChanges` can name a path. Addresses that follow from the
 * document (ports, chassis, controller indices) are not in it.
 */

/** libvirt forbids `/` and control characters in a domain's name, and it names files: 1-200 printable characters. */
export const domainName = z
  .string()
  .min(1, "must not be empty")
  .max(200, "must have at most 200 characters, because libvirt names files after it")
  .regex(
    /^[A-Za-z0-9_.+:@-]+$/,
    'must hold only letters, digits and "_.+:@-"; libvirt and its file names do not take others',
  )
  .refine((name) => !/^[.-]/.test(name), 'must not begin with "." or "-"')
  .refine((name) => !/^\d+$/.test(name), "must not be a number alone, because virsh would take it for a domain id");

const decimalKey = z.string().regex(/^(0|[1-9]\d{0,3})$/, "must be a number");
const deviceName = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 letters, digits, "_" or "-"');
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 cannot hold them, and libvirt takes none in a path
const absolutePath = z.string().regex(/^\/[^\x00-\x1f\x7f]*$/, "must be an absolute path without control characters");

/** Numbers that some machine may have, and no more of them than that: a list as short as "0-9999999999" names too many. */
const cpuList = anyCpuList.refine((list) => {
  const ranges = cpuRanges(list);
  const count = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return count <= MAX_CPU + 1 && ranges.every(([first, last]) => first <= last && last <= MAX_CPU);
}, `must name numbers from 0 to ${MAX_CPU}, the lower end of a range first`);

// biome-ignore lint/suspicious/noControlCharactersInRegex: no name, key or path that libvirt gives has them
const libvirtName = z.string().regex(/^[^\x00-\x1f\x7f]+$/, "must be a name or id without control characters");

const slot = z.int().min(0).max(31);

export const guestCpu = z
  .strictObject({
    mode: z
      .enum(["host-passthrough", "host-model", "maximum"])
      .optional()
      .describe("CPU model of the guest; absent leaves libvirt's default"),
    sockets: z.int().min(1).max(256).describe("Sockets"),
    cores: z.int().min(1).max(1024).describe("Cores per socket"),
    threads: z.int().min(1).max(8).describe("Threads per core"),
    physicalAddressBits: z
      .union([z.literal("host"), z.int().min(32).max(64)])
      .optional()
      .describe("Guest physical address width: host, or bits; decides how large the 64-bit MMIO window can be"),
  })
  .meta({ id: "GuestCpu", description: "CPU model and topology of the guest" });

export const guestCell = z
  .strictObject({
    cpus: cpuList.describe("Guest CPUs of the cell"),
    memoryMiB: z.int().min(1).describe("Memory of the cell in MiB"),
    hostNodes: cpuList.optional().describe("Host NUMA nodes that the cell's memory is strictly bound to"),
    distances: z
      .record(decimalKey, z.int().min(10).max(255))
      .optional()
      .describe("Distance to each guest cell, 10 = local"),
  })
  .meta({ id: "GuestCell", description: "A guest NUMA cell" });
export type GuestCell = z.infer<typeof guestCell>;

export const expanderBus = z
  .strictObject({
    busNr: z.int().min(1).max(254).describe("Guest bus number of the expander bus"),
    slot: slot.describe("Slot on pcie.0"),
    cell: z
      .int()
      .min(0)
      .optional()
      .describe("Guest cell of the expander bus; absent where the host gives no NUMA node"),
  })
  .meta({ id: "ExpanderBus", description: "A pcie-expander-bus (pxb-pcie): stands for one host root complex" });
export type ExpanderBus = z.infer<typeof expanderBus>;

/** Key of an expander bus (`0000:15`) or of a switch (`0000:16:00.0`). */
export const treeParent = z.union([rootAddress, pciAddress], {
  error: "must be the key of an expander bus (0000:15) or of a switch (0000:16:00.0)",
});

export const guestSwitch = z
  .strictObject({
    parent: treeParent.describe("Expander bus or switch that it hangs on, by key"),
    port: slot.describe("Slot of the port on the parent's bus"),
  })
  .meta({
    id: "GuestSwitch",
    description: "A PCIe switch: an upstream port below a root port (or a downstream port of another switch)",
  });
export type GuestSwitch = z.infer<typeof guestSwitch>;

export const standInKind = z.enum(["gpu", "nic", "other"]);

export const guestDevice = z
  .strictObject({
    parent: treeParent.describe("Expander bus or switch that it hangs on, by key"),
    port: slot.describe("Slot of the port on the parent's bus"),
    standIn: standInKind
      .optional()
      .describe("Rehearsal: an emulated endpoint takes the place of the host device: gpu, nic or other"),
  })
  .meta({ id: "GuestDevice", description: "A host PCI function passed to the guest, alone below a port of its own" });
export type GuestDevice = z.infer<typeof guestDevice>;

export const guestDisk = z
  .strictObject({
    source: z
      .union([
        z.strictObject({ file: absolutePath.describe("Image file on the host") }),
        z.strictObject({ block: absolutePath.describe("Block device on the host") }),
        z.strictObject({
          pool: libvirtName
            .optional()
            .describe("Name or UUID of the storage pool; may be absent where the volume is given by its key or path"),
          volume: libvirtName.describe("Name of the volume, or libvirt's key of it, or its path"),
        }),
      ])
      .describe("Where the data is: {file}, {block}, {pool, volume}, or {volume} by key or path"),
    format: z.enum(["qcow2", "raw"]).default("qcow2").describe("Image format: qcow2 or raw"),
    readOnly: z.boolean().default(false).describe("Whether the guest may not write"),
    rootPort: z.int().min(1).max(30).optional().describe("Root port on pcie.0; assigned when absent, then kept"),
  })
  .meta({ id: "GuestDisk", description: "A virtio disk" });
export type GuestDisk = z.infer<typeof guestDisk>;

export const guestInterface = z
  .strictObject({
    network: libvirtName.optional().describe("libvirt network, by name or UUID"),
    bridge: z
      .string()
      .regex(/^[^\s/]{1,15}$/, "must be an interface name of 1 to 15 characters")
      .optional()
      .describe("Host bridge"),
    mac: z
      .string()
      .regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/, "must be a MAC address like 52:54:00:12:34:56, in lower case")
      .refine((mac) => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0, "must not be a multicast address")
      .optional()
      .describe("MAC address; libvirt's choice when absent, then kept"),
    rootPort: z.int().min(1).max(30).optional().describe("Root port on pcie.0; assigned when absent, then kept"),
  })
  .refine((nic) => (nic.network === undefined) !== (nic.bridge === undefined), "must name either a network or a bridge")
  .meta({ id: "GuestInterface", description: "A virtio network interface" });
export type GuestInterface = z.infer<typeof guestInterface>;

export const directBoot = z
  .strictObject({
    kernel: absolutePath.describe("Kernel image on the host"),
    initrd: absolutePath.optional().describe("Initial RAM disk on the host"),
    commandLine: z
      .string()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they would end the line, or have no place in XML 1.0
      .regex(/^(?=[\s\S]*\S)[^\x00-\x1f\x7f]*$/, "must be one line that is not blank")
      .optional()
      .describe("Kernel command line"),
  })
  .meta({ id: "DirectBoot", description: "A kernel that QEMU loads itself, without boot loader" });

export const domainShape = {
  name: domainName.describe("Name of the domain"),
  type: z.enum(["kvm", "qemu"]).default("kvm").describe("kvm, or qemu for emulation without KVM"),
  machine: z.enum(["q35"]).default("q35").describe("Machine type: q35"),
  uuid: z.uuid().optional().describe("UUID; libvirt's choice when absent, then kept"),
  firmware: z.enum(["uefi", "bios"]).default("uefi").describe("uefi (OVMF) or bios (SeaBIOS)"),
  boot: directBoot.optional(),
  cpu: guestCpu,
  cells: z
    .record(decimalKey, guestCell)
    .refine((cells) => Object.keys(cells).length > 0, "must hold at least one cell")
    .describe("Guest NUMA cells by number, from 0 without gaps"),
  vcpuPins: z.record(decimalKey, cpuList).optional().describe("Host CPUs of each guest CPU"),
  emulatorPin: cpuList.optional().describe("Host CPUs of QEMU's own threads"),
  hugepageKiB: z.int().min(4).optional().describe("Page size in KiB that backs the memory; absent for ordinary pages"),
  lockedMemory: z.boolean().default(false).describe("Whether all guest memory is locked in host memory"),
  mmio64MiB: z.int().min(1).optional().describe("64-bit MMIO window in MiB that OVMF is told to make (X-PciMmio64Mb)"),
  controllerAts: z
    .enum(["on"])
    .optional()
    .describe(
      "on: each PCI controller carries <driver ats='on'/>. Best left out: libvirt hands ats to QEMU for virtio devices alone, so on a PCI controller it does nothing, and the guest has ATS by the capability of the passed-through device itself. It is there for XML that must hold the element",
    ),
  expanderBuses: z.record(rootAddress, expanderBus).default({}).describe("Expander buses by host root complex"),
  switches: z.record(pciAddress, guestSwitch).default({}).describe("PCIe switches by the host's upstream port"),
  devices: z.record(pciAddress, guestDevice).default({}).describe("Passed-through functions by host address"),
  disks: z.record(deviceName, guestDisk).default({}).describe("Disks by name"),
  interfaces: z.record(deviceName, guestInterface).default({}).describe("Network interfaces by name"),
  guestAgent: z.boolean().default(true).describe("Whether there is a channel for the QEMU guest agent"),
  consoleLog: absolutePath.optional().describe("File on the host that receives the guest's serial console"),
};

export const domainDocument = z.strictObject(domainShape);
export type DomainDocument = z.infer<typeof domainDocument>;
/** A document as written, before defaults. */
export type DomainDocumentInput = z.input<typeof domainDocument>;
