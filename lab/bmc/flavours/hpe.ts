import { disabled, enabled, type Flavour, fact, SWITCH } from "./flavour";

/**
 * HPE iLO 6 with a ProLiant DL380a Gen11.
 * Attribute names: HPE's BIOS attribute registries as quoted in python-proliantutils (ProcVirtualization, IntelProcVtd,
 * Sriov, ProcHyperthreading, ProcX2Apic, WorkloadProfile, PciResourcePadding). HPE has no switch for memory-mapped I/O
 * above 4 GiB (PciResourcePadding reserves the windows), none for ACS and none for MaxReadReq.
 * Paths: HPE "iLO RESTful API" documentation: bios and bios/settings in lower case, links ending in a slash, the registry
 * in the registry store; a PATCH answers 200 with a message that asks for a reset.
 */
const PROCESSOR = "./ProcessorOptions";
const VIRTUALIZATION = "./VirtualizationOptions";

export const HPE: Flavour = {
  name: "hpe",
  vendor: "HPE",
  product: "ProLiant DL380a Gen11",
  manager: { id: "1", model: "iLO 6", firmwareVersion: "iLO 6 v1.58" },
  systemId: "1",
  chassisId: "1",
  paths: { bios: "/redfish/v1/systems/1/bios", settings: "/redfish/v1/systems/1/bios/settings" },
  trailingSlash: true,
  registry: {
    id: "BiosAttributeRegistryU54.v1_1_40",
    version: "1.1.40",
    path: "/redfish/v1/registrystore/registries/en/biosattributeregistryu54.v1_1_40",
  },
  adminUser: "Administrator",
  resetTypes: [
    "On",
    "ForceOff",
    "GracefulShutdown",
    "ForceRestart",
    "PushPowerButton",
    "GracefulRestart",
    "PowerCycle",
  ],
  powerConflict: { fulfilled: 400, impossible: 400 },
  settingsAnswer: 200,
  settingsShow: "all",
  attributes: [
    fact("SerialNumber", "Serial Number", "./AdvancedOptions", "LAB0000001"),
    enabled("ProcVirtualization", "Intel(R) Virtualization Technology (Intel VT)", VIRTUALIZATION),
    enabled("IntelProcVtd", "Intel(R) VT-d", VIRTUALIZATION),
    enabled("Sriov", "SR-IOV", VIRTUALIZATION),
    enabled("ProcHyperthreading", "Intel(R) Hyper-Threading", PROCESSOR),
    enabled("ProcX2Apic", "Processor x2APIC Support", PROCESSOR),
    {
      name: "WorkloadProfile",
      displayName: "Workload Profile",
      menuPath: "./WorkloadProfile",
      type: "Enumeration",
      values: [
        ["GeneralPowerEfficientCompute", "General Power Efficient Compute"],
        ["Virtualization-MaxPerformance", "Virtualization - Max Performance"],
        ["HighPerformanceCompute(HPC)", "High Performance Compute (HPC)"],
        "Custom",
      ],
      default: "GeneralPowerEfficientCompute",
    },
    {
      name: "PowerRegulator",
      displayName: "Power Regulator",
      menuPath: "./PowerAndPerformanceOptions",
      type: "Enumeration",
      values: [
        ["DynamicPowerSavings", "Dynamic Power Savings Mode"],
        ["StaticHighPerf", "Static High Performance Mode"],
        ["OsControl", "OS Control Mode"],
      ],
      default: "DynamicPowerSavings",
    },
    {
      name: "PciResourcePadding",
      displayName: "PCI Bus Padding Options",
      menuPath: "./PciDeviceEnable",
      type: "Enumeration",
      values: ["Normal", "Medium", "High"],
      default: "Normal",
    },
    disabled("ExtendedAmbientTemp", "Extended Ambient Temperature Support", "./AdvancedOptions"),
    {
      name: "ServerAssetTag",
      displayName: "Server Asset Tag",
      menuPath: "./ServerAssetText",
      type: "String",
      maxLength: 32,
      default: "",
    },
  ],
  dependencies: [
    { attribute: "PowerRegulator", as: "ReadOnly", when: { attribute: "WorkloadProfile", is: "NEQ", value: "Custom" } },
  ],
  effects: {
    virtualization: { attribute: "ProcVirtualization", values: SWITCH },
    iommu: { attribute: "IntelProcVtd", values: SWITCH },
    sriov: { attribute: "Sriov", values: SWITCH },
  },
  modes: {},
};
