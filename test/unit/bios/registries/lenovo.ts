import { type Bios, choice, setting } from "./document";

/**
 * Lenovo ThinkSystem with XCC2 and XCC3. Names: NVIDIA's bare-metal manager (Apache-2.0: DevicesandIOPorts_COMPort1,
 * Processors_IntelVirtualizationTechnology, Processors_SVMMode, BootModes_, NetworkStackSettings_); Lenovo Press LP2210
 * and LP1836, tuning guides for EPYC and Xeon (OperatingModes_, Memory_NUMANodesperSocket, Processors_SNC,
 * Processors_CPUPCIeRelaxedOrdering, Processors_PCHPCIeRelaxedOrdering, ...); public code that reads
 * DevicesandIOPorts_SRIOV, DevicesandIOPorts_IOMMU and DevicesandIOPorts_IntelVTforDirectedIOVTd. Where a display name is
 * not public it is the words of the name.
 */
const ON_OFF = ["Enabled", "Disabled"];
const DEVICES = "./DevicesandIOPorts";
const PROC = "./Processors";

const COMMON = [
  choice("DevicesandIOPorts_COMPort1", "COM Port 1", DEVICES, ON_OFF, "Enabled"),
  choice("DevicesandIOPorts_ConsoleRedirection", "Console Redirection", DEVICES, ["Auto", ...ON_OFF], "Auto"),
  choice("DevicesandIOPorts_SRIOV", "SR-IOV", DEVICES, ON_OFF, "Disabled"),
  choice("DevicesandIOPorts_MMConfigBase", "MM Config Base", DEVICES, ["3GB", "2GB"], "3GB"),
  choice("BootModes_SystemBootMode", "System Boot Mode", "./BootModes", ["UEFIMode", "LegacyMode"], "UEFIMode"),
  choice("BootModes_InfiniteBootRetry", "Infinite Boot Retry", "./BootModes", ON_OFF, "Disabled"),
  choice("NetworkStackSettings_IPv4PXESupport", "IPv4 PXE Support", "./NetworkStackSettings", ON_OFF, "Disabled"),
  choice(
    "OperatingModes_ChooseOperatingMode",
    "Choose Operating Mode",
    "./OperatingModes",
    [
      ["MaximumEfficiency", "Maximum Efficiency"],
      ["MaximumPerformance", "Maximum Performance"],
      ["CustomMode", "Custom Mode"],
    ],
    "MaximumEfficiency",
  ),
  choice(
    "MellanoxNetworkAdapter_1__Slot1_VirtualizationMode",
    "SR-IOV",
    "./MellanoxNetworkAdapterSlot1",
    ON_OFF,
    "Enabled",
  ),
  setting("SystemRecovery_POSTWatchdogTimerValue", "POST Watchdog Timer Value", "./SystemRecovery", "Integer", 5, {
    LowerBound: 5,
    UpperBound: 20,
  }),
];

export const LENOVO_AMD: Bios = {
  id: "BiosAttributeRegistry.1.0.0",
  manufacturer: "Lenovo",
  attributes: [
    ...COMMON,
    choice("Processors_SMTMode", "SMT Mode", PROC, ON_OFF, "Enabled"),
    choice("Processors_SVMMode", "SVM Mode", PROC, ON_OFF, "Disabled"),
    choice("Processors_GlobalC_stateControl", "Global C-state Control", PROC, ON_OFF, "Enabled"),
    choice("DevicesandIOPorts_IOMMU", "IOMMU", DEVICES, ["Auto", ...ON_OFF], "Auto"),
    choice("Memory_NUMANodesperSocket", "NUMA Nodes per Socket", "./Memory", ["NPS0", "NPS1", "NPS2", "NPS4"], "NPS1"),
    choice("Memory_TSME", "TSME", "./Memory", ON_OFF, "Disabled"),
  ],
};

export const LENOVO_INTEL: Bios = {
  id: "BiosAttributeRegistry.1.0.0",
  manufacturer: "Lenovo",
  attributes: [
    ...COMMON,
    choice("Processors_HyperThreading", "Hyper-Threading", PROC, ON_OFF, "Enabled"),
    choice("Processors_IntelVirtualizationTechnology", "Intel Virtualization Technology", PROC, ON_OFF, "Disabled"),
    choice(
      "DevicesandIOPorts_IntelVTforDirectedIOVTd",
      "Intel VT for Directed I/O (VT-d)",
      DEVICES,
      ON_OFF,
      "Disabled",
    ),
    choice("Processors_SNC", "SNC", PROC, ["Disabled", "SNC2", "SNC4"], "Disabled"),
    choice("Processors_CPUPCIeRelaxedOrdering", "CPU PCIe Relaxed Ordering", PROC, ON_OFF, "Disabled"),
    choice("Processors_PCHPCIeRelaxedOrdering", "PCH PCIe Relaxed Ordering", PROC, ON_OFF, "Disabled"),
  ],
};
