import { disabled, enabled, type Flavour, fact, SWITCH } from "./flavour";

/**
 * Supermicro AS-8125GS-TNHR (AMD).
 * Attribute names: a registry generated from the setup screen, each name the question without its signs and a suffix of
 * four hexadecimal digits that differs from BIOS to BIOS (SMTControl_0037, IOMMU_0196, Above4GDecoding_00B1,
 * Re_SizeBARSupport_00B2 are names that redfish_mcp compares; SR_IOVSupport is in NVIDIA's bare-metal manager,
 * Apache-2.0). The other names and digits are made up in the same manner from the questions of Supermicro's AMD setup
 * screens. It has no MaxReadReq here.
 * Paths: Bios/SD holds what is pending, as in the AMI code under it (Supermicro "Redfish user's guide").
 */
const SYSTEM = "/redfish/v1/Systems/1";
const CPU = "./Advanced/CPUConfiguration";
const PCI = "./Advanced/PCIePCIPnPConfiguration";

export const SUPERMICRO: Flavour = {
  name: "supermicro",
  vendor: "Supermicro",
  product: "AS -8125GS-TNHR",
  manager: { id: "1", model: "AST2600", firmwareVersion: "01.03.18" },
  systemId: "1",
  chassisId: "1",
  paths: { bios: `${SYSTEM}/Bios`, settings: `${SYSTEM}/Bios/SD` },
  trailingSlash: false,
  registry: {
    id: "BiosAttributeRegistry.1.0.0",
    version: "1.0.0",
    path: "/redfish/v1/Registries/BiosAttributeRegistry.1.0.0.json/index.json",
  },
  adminUser: "ADMIN",
  resetTypes: ["On", "ForceOff", "GracefulShutdown", "GracefulRestart", "ForceRestart", "ForceOn", "PowerCycle"],
  powerConflict: { fulfilled: 204, impossible: 400 },
  settingsAnswer: 202,
  settingsShow: "pending",
  attributes: [
    fact("BIOSVersion_0001", "BIOS Version", "./Main", "3.1"),
    enabled("SVMMode_0038", "SVM Mode", CPU),
    {
      name: "SMTControl_0037",
      displayName: "SMT Control",
      menuPath: CPU,
      type: "Enumeration",
      values: ["Disabled", "Auto"],
      default: "Auto",
    },
    {
      name: "IOMMU_0196",
      displayName: "IOMMU",
      menuPath: "./Advanced/NBConfiguration",
      type: "Enumeration",
      values: ["Disabled", "Enabled", "Auto"],
      default: "Auto",
    },
    {
      name: "ACSEnable_0197",
      displayName: "ACS Enable",
      menuPath: "./Advanced/NBConfiguration",
      type: "Enumeration",
      values: ["Disabled", "Enabled", "Auto"],
      default: "Auto",
    },
    enabled("SR_IOVSupport_00B3", "SR-IOV Support", PCI),
    enabled("Above4GDecoding_00B1", "Above 4G Decoding", PCI),
    disabled("Re_SizeBARSupport_00B2", "Re-Size BAR Support", PCI),
    disabled("CSMSupport_0210", "CSM Support", "./Boot"),
    { name: "SecureBoot_0240", displayName: "Secure Boot", menuPath: "./Security", type: "Boolean", default: false },
    {
      name: "WatchDogTimeout_0262",
      displayName: "Watch Dog Timeout",
      menuPath: "./Advanced/BootFeature",
      type: "Integer",
      lowerBound: 1,
      upperBound: 30,
      scalarIncrement: 1,
      default: 5,
    },
  ],
  dependencies: [
    {
      attribute: "SecureBoot_0240",
      as: "GrayOut",
      when: { attribute: "CSMSupport_0210", is: "EQU", value: "Enabled" },
    },
  ],
  effects: {
    virtualization: { attribute: "SVMMode_0038", values: SWITCH },
    iommu: { attribute: "IOMMU_0196", values: { ...SWITCH, Auto: true } },
    acs: { attribute: "ACSEnable_0197", values: { ...SWITCH, Auto: true } },
    sriov: { attribute: "SR_IOVSupport_00B3", values: SWITCH },
    aboveFourG: { attribute: "Above4GDecoding_00B1", values: SWITCH },
  },
  modes: {},
};
