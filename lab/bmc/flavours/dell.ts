import { disabled, enabled, type Flavour, fact, SWITCH } from "./flavour";

/**
 * Dell iDRAC 9 with a PowerEdge XE9680.
 * Attribute names and values: Dell's BIOS attribute registry as printed by spyroot/idrac_ctl (ProcVirtualization,
 * SriovGlobalEnable, MmioAbove4Gb, MemoryMappedIOH, SysProfile). On Intel servers
 * "Virtualization Technology" switches VT-x and VT-d together; there is no attribute for ACS or MaxReadReq.
 * Paths and habits: Dell "iDRAC9 Redfish API guide": settings wait for @Redfish.SettingsApplyTime or for a job made at
 * Managers/iDRAC.Embedded.1/Jobs with TargetSettingsURI; a scheduled job locks the settings; ClearPending throws
 * uncommitted values away; On while on answers 409.
 */
const SYSTEM = "/redfish/v1/Systems/System.Embedded.1";
const PROCESSOR = "./ProcSettingsRef";
const DEVICES = "./IntegratedDevicesRef";
const PROFILE = "./SysProfileSettingsRef";

export const DELL: Flavour = {
  name: "dell",
  vendor: "Dell",
  product: "Integrated Dell Remote Access Controller",
  manager: { id: "iDRAC.Embedded.1", model: "16G Monolithic", firmwareVersion: "7.10.30.00" },
  systemId: "System.Embedded.1",
  chassisId: "System.Embedded.1",
  paths: {
    bios: `${SYSTEM}/Bios`,
    settings: `${SYSTEM}/Bios/Settings`,
    jobs: "/redfish/v1/Managers/iDRAC.Embedded.1/Jobs",
    clearPending: {
      action: "#DellManager.ClearPending",
      target: `${SYSTEM}/Bios/Settings/Actions/Oem/DellManager.ClearPending`,
    },
  },
  trailingSlash: false,
  registry: { id: "BiosAttributeRegistry.v1_0_0", version: "1.0.0", path: `${SYSTEM}/Bios/BiosRegistry` },
  adminUser: "root",
  resetTypes: [
    "On",
    "ForceOff",
    "ForceRestart",
    "GracefulRestart",
    "GracefulShutdown",
    "PushPowerButton",
    "PowerCycle",
  ],
  powerConflict: { fulfilled: 409, impossible: 409 },
  settingsAnswer: 200,
  settingsShow: "pending",
  attributes: [
    fact("SystemModelName", "System Model Name", "./SysInformationRef", "PowerEdge XE9680"),
    fact("SystemBiosVersion", "System BIOS Version", "./SysInformationRef", "2.1.6"),
    enabled("ProcVirtualization", "Virtualization Technology", PROCESSOR),
    enabled("LogicalProc", "Logical Processor", PROCESSOR),
    disabled("SubNumaCluster", "Sub NUMA Cluster", PROCESSOR),
    enabled("SriovGlobalEnable", "SR-IOV Global Enable", DEVICES),
    enabled("MmioAbove4Gb", "Memory Mapped I/O above 4 GB", DEVICES),
    {
      name: "MemoryMappedIOH",
      displayName: "Memory Mapped I/O Base",
      menuPath: DEVICES,
      type: "Enumeration",
      values: ["56TB", "12TB", "512GB"],
      default: "56TB",
    },
    {
      name: "SysProfile",
      displayName: "System Profile",
      menuPath: PROFILE,
      type: "Enumeration",
      values: [
        ["PerfPerWattOptimizedDapc", "Performance Per Watt (DAPC)"],
        ["PerfOptimized", "Performance"],
        ["Custom", "Custom"],
      ],
      default: "PerfPerWattOptimizedDapc",
    },
    enabled("ProcC1E", "C1E", PROFILE),
    {
      name: "AcPwrRcvryUserDelay",
      displayName: "User Defined Delay (60 s to 600 s)",
      menuPath: "./SysSecurityRef",
      type: "Integer",
      lowerBound: 60,
      upperBound: 600,
      scalarIncrement: 1,
      default: 60,
    },
    {
      name: "AssetTag",
      displayName: "Asset Tag",
      menuPath: "./MiscSettingsRef",
      type: "String",
      maxLength: 63,
      default: "",
    },
  ],
  dependencies: [
    { attribute: "ProcC1E", as: "ReadOnly", when: { attribute: "SysProfile", is: "NEQ", value: "Custom" } },
  ],
  effects: {
    virtualization: { attribute: "ProcVirtualization", values: SWITCH },
    iommu: { attribute: "ProcVirtualization", values: SWITCH },
    sriov: { attribute: "SriovGlobalEnable", values: SWITCH },
    aboveFourG: { attribute: "MmioAbove4Gb", values: SWITCH },
  },
  modes: { needsApplyTime: true, lockedByJob: true, earlyReporting: true },
};
