import { type Bios, choice, rule, setting } from "./document";

/**
 * Supermicro. Names in the manner of NVIDIA's libredfish and bare-metal manager (Apache-2.0), which list real ones:
 * the question with its signs (SR-IOVSupport, IntelVTforDirectedI/O(VT-d)) or with underscores for them, and a suffix
 * that differs from BIOS to BIOS. Questions and options: Supermicro's manuals of X11DDW-L (VT-d, ACS Control, ATS, ...),
 * X12/X13 and H12/H13 boards. Maximum Read Request and Relaxed Ordering are questions of AMI's PCI module in the same manner.
 */
const ENABLE = ["Disable", "Enable"];
const ENABLED = ["Disabled", "Enabled"];
const AUTO = ["Disabled", "Enabled", "Auto"];
const PCI = "./Advanced/PCIePCIPnPConfiguration";
const SIZES = ["Auto", "128 Bytes", "256 Bytes", "512 Bytes", "1024 Bytes", "2048 Bytes", "4096 Bytes"];

const COMMON = [
  setting("BIOSVersion_0001", "BIOS Version", "./Main", "String", "3.1", { ReadOnly: true }),
  setting("QuietBoot_0003", "Quiet Boot", "./Advanced/BootFeature", "Boolean", true),
  choice("BootupNumLockState_0004", "Bootup NumLock State", "./Advanced/BootFeature", ["Off", "On"], "On"),
  setting("WatchDogTimeout_0262", "Watch Dog Timeout", "./Advanced/BootFeature", "Integer", 5, {
    LowerBound: 1,
    UpperBound: 30,
    ScalarIncrement: 1,
  }),
  choice("ARISupport_00B0", "ARI Support", PCI, ENABLED, "Enabled"),
  choice("BusMasterEnable_00B5", "Bus Master Enable", PCI, ENABLED, "Enabled"),
  choice("VGAPriority_00B6", "VGA Priority", PCI, ["Onboard", "Offboard"], "Onboard"),
  choice("CPUSLOT1PCIe5_0x16OPROM_00C1", "CPU SLOT1 PCIe 5.0 x16 OPROM", PCI, ["Disabled", "EFI"], "EFI"),
  choice("OnboardLAN1OptionROM_00C8", "Onboard LAN1 Option ROM", PCI, ["Disabled", "EFI"], "EFI"),
  choice("IPv4PXESupport_00D1", "IPv4 PXE Support", "./Advanced/NetworkConfiguration", ENABLED, "Enabled"),
  choice("CSMSupport_0210", "CSM Support", "./Boot", ENABLED, "Disabled"),
  setting("SecureBootEnable_0240", "Secure Boot", "./Security/SecureBoot", "Boolean", false),
];

export const SUPERMICRO_INTEL: Bios = {
  id: "BiosAttributeRegistry.1.0.0",
  manufacturer: "Supermicro",
  attributes: [
    ...COMMON,
    choice("Hyper-Threading[ALL]_0010", "Hyper-Threading [ALL]", "./Advanced/CPUConfiguration", ENABLE, "Enable"),
    choice(
      "IntelVirtualizationTechnology_0012",
      "Intel Virtualization Technology",
      "./Advanced/CPUConfiguration",
      ENABLE,
      "Disable",
    ),
    choice(
      "IntelVTforDirectedI/O(VT-d)_0041",
      "Intel VT for Directed I/O (VT-d)",
      "./Advanced/IIO/VTd",
      ENABLE,
      "Disable",
    ),
    choice("ACSControl_0042", "ACS Control", "./Advanced/IIO/VTd", ENABLE, "Disable"),
    choice("InterruptRemapping_0043", "Interrupt Remapping", "./Advanced/IIO/VTd", ENABLE, "Enable"),
    choice("PassThroughDMA_0044", "PassThrough DMA", "./Advanced/IIO/VTd", ENABLE, "Enable"),
    choice("ATS_0045", "ATS", "./Advanced/IIO/VTd", ENABLE, "Enable"),
    choice("PostedInterrupt_0046", "Posted Interrupt", "./Advanced/IIO/VTd", ENABLE, "Enable"),
    choice(
      "SNC_0061",
      "SNC (Sub NUMA)",
      "./Advanced/UPI",
      ["Disable", "Enable SNC2 (2-clusters)", "Enable SNC4 (4-clusters)", "Auto"],
      "Auto",
    ),
    choice("Above4GDecoding_00B1", "Above 4G Decoding", PCI, ENABLED, "Enabled"),
    choice("SR-IOVSupport_00B3", "SR-IOV Support", PCI, ENABLED, "Disabled"),
    choice("MMIOHighBase_00B7", "MMIO High Base", PCI, ["32T", "56T"], "32T"),
    choice("MMIOHighGranularitySize_00B8", "MMIO High Granularity Size", PCI, ["256G", "1024G"], "256G"),
    choice("MaximumReadRequest_00B9", "Maximum Read Request", PCI, SIZES, "Auto"),
  ],
  rules: [
    rule("IntelVTforDirectedI/O(VT-d)_0041", "EQU", "Disable", "ACSControl_0042", "Hidden"),
    rule("CSMSupport_0210", "EQU", "Enabled", "SecureBootEnable_0240", "GrayOut"),
  ],
};

export const SUPERMICRO_AMD: Bios = {
  id: "BiosAttributeRegistry.1.0.0",
  manufacturer: "Supermicro",
  attributes: [
    ...COMMON,
    choice("SMTControl_0037", "SMT Control", "./Advanced/CPUConfiguration", ["Disabled", "Auto"], "Auto"),
    choice("SVMMode_0038", "SVM Mode", "./Advanced/CPUConfiguration", ENABLED, "Enabled"),
    choice("SVMLock_0039", "SVM Lock", "./Advanced/CPUConfiguration", AUTO, "Auto"),
    choice("IOMMU_0196", "IOMMU", "./Advanced/NBConfiguration", AUTO, "Auto"),
    choice("ACSEnable_0197", "ACS Enable", "./Advanced/NBConfiguration", AUTO, "Auto"),
    choice("DMAProtection_0198", "DMA Protection", "./Advanced/NBConfiguration", AUTO, "Auto"),
    choice(
      "NUMANodesPerSocket_0199",
      "NUMA Nodes Per Socket",
      "./Advanced/NBConfiguration",
      ["NPS0", "NPS1", "NPS2", "NPS4", "Auto"],
      "Auto",
    ),
    choice("ACPISRATL3CacheAsNUMADomain_019A", "ACPI SRAT L3 Cache As NUMA Domain", "./Advanced/ACPI", AUTO, "Auto"),
    choice("Above4GDecoding_00B1", "Above 4G Decoding", PCI, ENABLED, "Enabled"),
    choice("SR_IOVSupport_00B3", "SR-IOV Support", PCI, ENABLED, "Disabled"),
    choice("RelaxedOrdering_00BA", "Relaxed Ordering", PCI, ENABLED, "Disabled"),
  ],
  rules: [rule("CSMSupport_0210", "EQU", "Enabled", "SecureBootEnable_0240", "GrayOut")],
};
