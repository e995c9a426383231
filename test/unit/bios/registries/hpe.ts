import { type Bios, choice, rule, setting } from "./document";

/**
 * HPE ProLiant. Names, display names and values: HPE's "iLO RESTful API" documentation, BIOS resource definitions of
 * iLO 5 and iLO 6; ProcAmdVirtualization and ProcAmdIOMMU: HPE's Cray system management tools (MIT).
 */
const ON_OFF = ["Enabled", "Disabled"];
const VIRTUAL = "./SystemOptions/VirtualizationOptions";
const PROC = "./ProcessorOptions";
const PERFORMANCE = "./PowerAndPerformanceOptions";

const COMMON = [
  setting("SerialNumber", "Serial Number", "./AdvancedOptions", "String", "TEST002"),
  setting("AdminName", "Administrator Name", "./ServerAssetText/AdminInfo", "String", "", { MaxLength: 28 }),
  setting("AdminEmail", "Administrator E-mail Address", "./ServerAssetText/AdminInfo", "String", ""),
  choice("Sriov", "SR-IOV", VIRTUAL, ON_OFF, "Disabled"),
  choice("AccessControlService", "Access Control Service", VIRTUAL, ON_OFF, "Disabled"),
  choice("ProcX2Apic", "Processor x2APIC Support", PROC, ["Enabled", "ForceEnabled", "Disabled"], "Enabled"),
  choice("AcpiSlit", "ACPI SLIT", PERFORMANCE, ON_OFF, "Enabled"),
  choice("AcpiRootBridgePxm", "Memory Proximity Reporting for I/O", PERFORMANCE, ON_OFF, "Enabled"),
  choice("NumaGroupSizeOpt", "NUMA Group Size Optimization", PERFORMANCE, ["Flat", "Clustered"], "Flat"),
  choice(
    "ConsistentDevNaming",
    "Consistent Device Naming",
    "./AdvancedOptions",
    ["LomsAndSlots", "LomsOnly", "Disabled"],
    "LomsAndSlots",
  ),
  choice("PciSlot1Enable", "PCI-E Slot 1", "./PciDeviceEnable/PciSlot1", ["Auto", "Disabled"], "Auto"),
  choice(
    "Slot1NicBoot1",
    "PCIe Slot 1 NIC Port 1 Boot",
    "./NetworkOptions/Slot1",
    ["NetworkBoot", "Disabled"],
    "NetworkBoot",
  ),
  choice("PciResourcePadding", "PCI Bus Padding Options", "./PciDeviceEnable", ["Normal", "Medium", "High"], "Normal"),
  choice(
    "WorkloadProfile",
    "Workload Profile",
    "./WorkloadProfile",
    [
      ["GeneralPowerEfficientCompute", "General Power Efficient Compute"],
      ["Virtualization-MaxPerformance", "Virtualization - Max Performance"],
      "Custom",
    ],
    "GeneralPowerEfficientCompute",
  ),
  choice(
    "PowerRegulator",
    "Power Regulator",
    PERFORMANCE,
    [
      ["DynamicPowerSavings", "Dynamic Power Savings Mode"],
      ["StaticHighPerf", "Static High Performance Mode"],
      ["OsControl", "OS Control Mode"],
    ],
    "DynamicPowerSavings",
  ),
  choice("MicrosoftSecuredCoreSupport", "Microsoft(R) Secured-core Support", "./ServerSecurity", ON_OFF, "Disabled"),
  choice(
    "TpmState",
    "Current TPM State",
    "./ServerSecurity",
    [["NotPresent", "Not Present"], "PresentEnabled"],
    "NotPresent",
    { ReadOnly: true },
  ),
];

const RULES = [
  rule("WorkloadProfile", "NEQ", "Custom", "PowerRegulator", "ReadOnly"),
  rule("TpmState", "EQU", "NotPresent", "MicrosoftSecuredCoreSupport", "GrayOut"),
];

export const HPE_INTEL: Bios = {
  id: "BiosAttributeRegistryU54.v1_1_40",
  manufacturer: "HPE",
  attributes: [
    ...COMMON,
    choice("ProcVirtualization", "Intel(R) Virtualization Technology (Intel VT)", VIRTUAL, ON_OFF, "Disabled"),
    choice("IntelProcVtd", "Intel(R) VT-d", VIRTUAL, ON_OFF, "Disabled"),
    choice("ProcHyperthreading", "Intel(R) Hyper-Threading", PROC, ON_OFF, "Enabled"),
    choice("SubNumaClustering", "Sub-NUMA Clustering", PERFORMANCE, ON_OFF, "Disabled"),
    choice("IntelNicDmaChannels", "Intel NIC DMA Channels (IOAT)", PERFORMANCE, ON_OFF, "Enabled"),
  ],
  rules: RULES,
};

export const HPE_AMD: Bios = {
  id: "BiosAttributeRegistryA55.v1_1_20",
  manufacturer: "HPE",
  attributes: [
    ...COMMON,
    choice("ProcAmdVirtualization", "AMD Virtualization Technology", VIRTUAL, ON_OFF, "Disabled"),
    choice("ProcAmdIOMMU", "AMD I/O Virtualization Technology", VIRTUAL, ON_OFF, "Disabled"),
    choice("AmdDmaRemapping", "AMD DMA Remapping", VIRTUAL, ON_OFF, "Disabled"),
    choice("AmdSecureNestedPaging", "AMD Secure Nested Paging", PROC, ON_OFF, "Disabled"),
    choice(
      "NumaMemoryDomainsPerSocket",
      "NUMA memory domains per socket",
      PERFORMANCE,
      [
        ["OneMemoryDomainPerSocket", "One memory domain per socket"],
        ["TwoMemoryDomainsPerSocket", "Two memory domains per socket"],
        ["FourMemoryDomainsPerSocket", "Four memory domains per socket"],
        "Auto",
      ],
      "Auto",
    ),
    choice("LastLevelCacheAsNUMANode", "Last-Level Cache (LLC) As NUMA Node", PERFORMANCE, ON_OFF, "Disabled"),
  ],
  rules: RULES,
};
