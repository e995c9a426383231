import { type Bios, choice, rule, setting } from "./document";

/**
 * Dell PowerEdge. Names and values: the BIOS attribute registry as printed by spyroot/idrac_ctl, Dell's "BIOS and UEFI
 * reference guide" (menus and display names), AMD's "Tuning guide for EPYC" with its PowerEdge profiles (AMD names).
 */
const ON_OFF = ["Enabled", "Disabled"];
const PROC = "./ProcSettingsRef";
const DEVICES = "./IntegratedDevicesRef";
const PROFILE = "./SysProfileSettingsRef";

const COMMON = [
  setting("SystemModelName", "System Model Name", "./SysInformationRef", "String", "PowerEdge XE9680", {
    ReadOnly: true,
  }),
  setting("SystemServiceTag", "System Service Tag", "./SysInformationRef", "String", "TEST001", { ReadOnly: true }),
  choice("MemTest", "System Memory Testing", "./MemSettingsRef", ON_OFF, "Disabled"),
  choice("NodeInterleave", "Node Interleaving", "./MemSettingsRef", ON_OFF, "Disabled"),
  choice("LogicalProc", "Logical Processor", PROC, ON_OFF, "Enabled"),
  choice("ProcVirtualization", "Virtualization Technology", PROC, ON_OFF, "Disabled"),
  choice("ProcHwPrefetcher", "Hardware Prefetcher", PROC, ON_OFF, "Enabled"),
  choice("ProcX2Apic", "x2APIC Mode", PROC, ON_OFF, "Enabled"),
  choice("ProcCores", "Number of Cores per Processor", PROC, ["All", "1", "2", "4"], "All"),
  choice("BootMode", "Boot Mode", "./BootSettingsRef", ["Bios", "Uefi"], "Uefi"),
  choice("IntegratedNetwork1", "Integrated Network Card 1", DEVICES, ["Enabled", "DisabledOs"], "Enabled"),
  choice("EmbNic1Nic2", "Embedded NIC1 and NIC2", DEVICES, ["Enabled", "DisabledOs"], "Enabled"),
  choice("EmbVideo", "Embedded Video Controller", DEVICES, ON_OFF, "Enabled"),
  choice("SriovGlobalEnable", "SR-IOV Global Enable", DEVICES, ON_OFF, "Disabled"),
  choice("OsWatchdogTimer", "OS Watchdog Timer", DEVICES, ON_OFF, "Disabled"),
  choice("MmioAbove4Gb", "Memory Mapped I/O above 4 GB", DEVICES, ON_OFF, "Enabled"),
  choice("Slot1", "Slot 1", "./SlotDisablementRef", ["Enabled", "Disabled", "BootDriverDisabled"], "Enabled"),
  choice("Slot2", "Slot 2", "./SlotDisablementRef", ["Enabled", "Disabled", "BootDriverDisabled"], "Enabled"),
  choice(
    "WorkloadProfile",
    "Workload Profile",
    PROFILE,
    [["NotConfigured", "Not Configured"], "HpcProfile"],
    "NotConfigured",
  ),
  choice(
    "SysProfile",
    "System Profile",
    PROFILE,
    [["PerfPerWattOptimizedDapc", "Performance Per Watt (DAPC)"], ["PerfOptimized", "Performance"], "Custom"],
    "PerfPerWattOptimizedDapc",
  ),
  choice("ProcC1E", "C1E", PROFILE, ON_OFF, "Enabled"),
  choice("ProcCStates", "C States", PROFILE, ON_OFF, "Enabled"),
  setting("AcPwrRcvryUserDelay", "User Defined Delay (60 s to 600 s)", "./SysSecurityRef", "Integer", 60, {
    LowerBound: 60,
    UpperBound: 600,
    ScalarIncrement: 1,
  }),
  setting("AssetTag", "Asset Tag", "./MiscSettingsRef", "String", "", {
    MaxLength: 63,
    ValueExpression: "^[ -~]{0,63}$",
  }),
  setting("SetupPassword", "Setup Password", "./SysSecurityRef", "Password", null, { MaxLength: 32 }),
];

const RULES = [
  rule("SysProfile", "NEQ", "Custom", "ProcC1E", "ReadOnly"),
  rule("SysProfile", "NEQ", "Custom", "ProcCStates", "ReadOnly"),
];

export const DELL_INTEL: Bios = {
  id: "BiosAttributeRegistry.v1_0_0",
  manufacturer: "Dell Inc.",
  attributes: [
    ...COMMON,
    choice("SubNumaCluster", "Sub NUMA Cluster", PROC, ["Enabled", "Disabled"], "Disabled"),
    choice("UpiPrefetch", "UPI Prefetch", PROC, ON_OFF, "Enabled"),
    choice("IoatEngine", "I/OAT DMA Engine", DEVICES, ON_OFF, "Disabled"),
    choice("SnoopHldOff", "I/O Snoop HoldOff Response", DEVICES, ["Roll256Cycles", "Roll2KCycles"], "Roll2KCycles"),
    choice("MemoryMappedIOH", "Memory Mapped I/O Base", DEVICES, ["56TB", "12TB", "512GB"], "56TB"),
  ],
  rules: RULES,
};

export const DELL_AMD: Bios = {
  id: "BiosAttributeRegistry.v1_0_0",
  manufacturer: "Dell Inc.",
  attributes: [
    ...COMMON,
    choice("IommuSupport", "IOMMU Support", PROC, ON_OFF, "Disabled"),
    choice("NumaNodesPerSocket", "NUMA Nodes Per Socket", PROC, ["0", "1", "2", "4"], "1"),
    choice("CcxAsNumaDomain", "L3 Cache as NUMA Domain", PROC, ON_OFF, "Disabled"),
    choice("PcieEnhancedPreferredIo", "PCIe Enhanced Preferred I/O", DEVICES, ON_OFF, "Disabled"),
    choice("MmioLimit", "Memory Mapped I/O Limit", DEVICES, ["8TB", "1TB"], "8TB"),
  ],
  rules: RULES,
};
