import { z } from "zod";

/** Which machine it is, by what its firmware says (SMBIOS, in /sys/class/dmi/id). */
export const identity = z
  .strictObject({
    systemUuid: z
      .string()
      .optional()
      .describe(
        "UUID of the system (SMBIOS type 1), in lower case; absent where only root may read it and the user is not",
      ),
    vendor: z.string().optional().describe("Manufacturer of the system"),
    product: z.string().optional().describe("Product name of the system"),
    serialNumber: z.string().optional().describe("Serial number of the system"),
  })
  .meta({ id: "HostIdentity", description: "Which machine it is, by its firmware" });

export const hostFacts = z
  .strictObject({
    biosVersion: z.string().optional().describe("Version of the BIOS"),
    biosDate: z.string().optional().describe("Date of the BIOS, as it says it"),
    cpuVendor: z.string().optional().describe("Vendor of the CPUs: `GenuineIntel`, `AuthenticAMD`, …"),
    cpuModel: z.string().optional().describe("Model of the CPUs"),
    numaNodes: z.int().describe("NUMA nodes"),
    gpus: z.int().describe("NVIDIA GPUs that the kernel sees"),
    nics: z.int().describe("NVIDIA (Mellanox) network functions that the kernel sees"),
    acpiIommu: z
      .enum(["DMAR", "IVRS", "none"])
      .describe("ACPI table of the IOMMU: DMAR (Intel), IVRS (AMD), or none where the BIOS has it off"),
    iommuGroups: z.int().describe("IOMMU groups; 0 where no IOMMU is in use"),
    lockdown: z
      .enum(["none", "integrity", "confidentiality"])
      .describe("Kernel lockdown; but for `none`, PCI registers and NIC firmware cannot be written"),
  })
  .meta({ id: "HostFacts", description: "What a host is made of, as far as tuning depends on it" });

export const bootEntry = z
  .strictObject({
    firmware: z.enum(["UEFI", "BIOS"]).describe("How the host boots"),
    kernel: z.string().describe("Release of the running kernel"),
    commandLine: z.string().describe("Command line of the running kernel"),
    grubDefault: z.string().optional().describe("GRUB_DEFAULT of /etc/default/grub"),
    grubSavedEntry: z.string().optional().describe("saved_entry of GRUB's environment block"),
    uefiBootCurrent: z.string().optional().describe("Number of the UEFI boot entry that was booted, as `0003`"),
  })
  .meta({ id: "BootEntry", description: "What a host has booted, and boots by default" });

export const baseline = z
  .strictObject({ identity, facts: hostFacts, bootEntry })
  .meta({ id: "Baseline", description: "A host as it was found" });

export type Baseline = z.infer<typeof baseline>;

/** A look at a host: how it is now, and what was written down of it. */
export interface BaselineReading {
  /** File on the host that holds what was written down. */
  readonly path: string;
  readonly recorded: Baseline | undefined;
  readonly now: Baseline;
  /** Changes with each boot. */
  readonly bootId: string;
}
