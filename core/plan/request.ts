import { z } from "zod";
import { domainShape } from "../domain/document";
import { pciAddress } from "../topology/model";

const addresses = z.array(pciAddress);
const someOf = (what: string) =>
  z.union([z.literal("all"), z.int().min(0).max(256), addresses], {
    error: `must be "all", a number of ${what}, or a list of PCI addresses`,
  });

export const cellRequest = z
  .strictObject({
    cpus: z.int().min(0).max(4096).optional().describe("Guest CPUs of the cell"),
    memoryGiB: z.number().positive().max(1_048_576).optional().describe("Memory of the cell in GiB"),
  })
  .meta({ id: "CellRequest", description: "Size of the guest cell that stands for a host NUMA node" });

/** These go into the document as they are asked for. */
const { name, machine, firmware, boot, disks, interfaces, guestAgent, consoleLog } = domainShape;

/** What a user asks of a guest; the plan decides the rest. */
export const guestRequestShape = {
  name,
  machine,
  gpus: someOf("GPUs")
    .default("all")
    .describe('GPUs: "all", a number (whole switches first, then whole nodes) or host addresses'),
  nics: z
    .union([z.literal("paired"), z.literal("all"), z.int().min(0).max(256), addresses], {
      error: 'must be "paired", "all", a number of NICs, or a list of PCI addresses',
    })
    .default("paired")
    .describe('NICs: "paired" (those that share a switch with a chosen GPU), "all", a number or host addresses'),
  nvswitches: z
    .enum(["all", "none"])
    .optional()
    .describe('NVSwitches: "all" or "none"; by default all of them go with all GPUs'),
  devices: addresses.default([]).describe("Further host functions to pass through, such as NVMe disks, by address"),
  cpus: z
    .int()
    .min(1)
    .max(4096)
    .optional()
    .describe("Guest CPUs in all; by default every CPU but the housekeeping ones"),
  memoryGiB: z
    .number()
    .positive()
    .max(1_048_576)
    .optional()
    .describe("Memory in GiB in all, spread evenly over the cells; by default the configured hugepages"),
  cells: z
    .record(z.string().regex(/^(0|[1-9]\d{0,3})$/, "must be a host NUMA node number"), cellRequest)
    .optional()
    .describe("Sizes by host NUMA node, instead of the totals"),
  hugepages: z
    .enum(["1GiB", "2MiB", "none"])
    .default("1GiB")
    .describe("Page size that backs the memory: 1GiB, 2MiB or none"),
  housekeepingCores: z
    .int()
    .min(0)
    .max(64)
    .default(1)
    .describe("Cores of each NUMA node that are kept for the host and for QEMU's own threads"),
  mmio64GiB: z.int().min(1).optional().describe("64-bit MMIO window in GiB; by default as the BARs need"),
  firmware,
  boot,
  disks,
  interfaces,
  guestAgent,
  consoleLog,
  rehearse: z
    .boolean()
    .default(false)
    .describe("Plan the same PCI tree, cells and distances with emulated endpoints, to boot on any machine with QEMU"),
};
export const guestRequest = z.strictObject(guestRequestShape);
export type GuestRequest = z.infer<typeof guestRequest>;
export type GuestRequestInput = z.input<typeof guestRequest>;
