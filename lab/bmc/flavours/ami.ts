import { type AttributeDefinition, type Flavour, fact } from "./flavour";

/**
 * A server with AMI's MegaRAC SP-X and Aptio V, AMD processors (Gigabyte G593 class).
 * Attribute names are the BIOS's map strings, values are the map string followed by the option (PCIS007 is
 * "PCIS007Enabled" in NVIDIA's bare-metal manager, Apache-2.0). PCIS001-PCIS016, NWSK000, SETUP003 and their questions
 * and options: an AMISCE dump of Aptio V; Rome0059 SMT control, Rome0162 IOMMU, Rome0565 SVM mode: Gigabyte's names in
 * bmc-toolbox/bmclib. PCIS012 (it follows Maximum Payload in AMI's module) and Rome0166 (ACS, beside the IOMMU) are not
 * in a public dump: read as codes of the same series.
 * Habits: MegaRAC asks for If-Match on each PATCH, and answers 204; its settings object is Bios/SD.
 */
const SYSTEM = "/redfish/v1/Systems/Self";
const PCI = "./Advanced/PCISubsystemSettings";
const CBS = "./AMDCBS";

/** Options as MegaRAC names them: the map string before the option's text. */
function question(
  name: string,
  displayName: string,
  menuPath: string,
  options: readonly string[],
  factory: string,
): AttributeDefinition {
  const values = options.map((option) => [optionName(name, option), option] as const);
  return { name, displayName, menuPath, type: "Enumeration", values, default: optionName(name, factory) };
}

const optionName = (name: string, option: string): string => `${name}${option.replaceAll(/[^0-9A-Za-z]/g, "")}`;
const ON_OFF = ["Disabled", "Enabled"];
const AUTO = ["Disabled", "Enabled", "Auto"];

export const AMI: Flavour = {
  name: "ami",
  vendor: "AMI",
  product: "AMI Redfish Server",
  manager: { id: "Self", model: "AST2600", firmwareVersion: "13.06.05" },
  systemId: "Self",
  chassisId: "Self",
  paths: { bios: `${SYSTEM}/Bios`, settings: `${SYSTEM}/Bios/SD` },
  trailingSlash: false,
  registry: {
    id: "BiosAttributeRegistry0ACQZ.0.72.0",
    version: "0.72.0",
    path: "/redfish/v1/Registries/BiosAttributeRegistry0ACQZ.en-US.0.72.0.json",
  },
  adminUser: "admin",
  resetTypes: ["On", "ForceOff", "GracefulShutdown", "ForceRestart", "GracefulRestart", "PowerCycle"],
  powerConflict: { fulfilled: 204, impossible: 409 },
  settingsAnswer: 204,
  settingsShow: "pending",
  attributes: [
    fact("SETUP001", "BIOS Vendor", "./Main", "American Megatrends"),
    question("Rome0565", "SVM Mode", `${CBS}/CPUCommonOptions`, ON_OFF, "Enabled"),
    question("Rome0059", "SMT Control", `${CBS}/CPUCommonOptions`, ["Disable", "Enable", "Auto"], "Auto"),
    question("Rome0162", "IOMMU", `${CBS}/NBIOCommonOptions`, AUTO, "Enabled"),
    question("Rome0166", "ACS Enable", `${CBS}/NBIOCommonOptions`, AUTO, "Enabled"),
    question("PCIS006", "Above 4G Decoding", PCI, ON_OFF, "Enabled"),
    question("PCIS007", "SR-IOV Support", PCI, ON_OFF, "Enabled"),
    question("PCIS008", "Relaxed Ordering", PCI, ON_OFF, "Disabled"),
    question(
      "PCIS011",
      "Maximum Payload",
      PCI,
      ["Auto", "128 Bytes", "256 Bytes", "512 Bytes", "1024 Bytes", "2048 Bytes", "4096 Bytes"],
      "Auto",
    ),
    question(
      "PCIS012",
      "Maximum Read Request",
      PCI,
      ["Auto", "128 Bytes", "256 Bytes", "512 Bytes", "1024 Bytes", "2048 Bytes", "4096 Bytes"],
      "Auto",
    ),
    question("NWSK000", "Network Stack", "./Advanced/NetworkStackConfiguration", ON_OFF, "Disabled"),
    question("NWSK001", "IPv4 PXE Support", "./Advanced/NetworkStackConfiguration", ON_OFF, "Disabled"),
    {
      name: "SETUP003",
      displayName: "Setup Prompt Timeout",
      menuPath: "./Boot",
      type: "Integer",
      lowerBound: 1,
      upperBound: 65535,
      scalarIncrement: 1,
      default: 1,
    },
    { name: "SETUP005", displayName: "Quiet Boot", menuPath: "./Boot", type: "Boolean", default: true },
  ],
  dependencies: [
    {
      attribute: "NWSK001",
      as: "Hidden",
      when: { attribute: "NWSK000", is: "EQU", value: optionName("NWSK000", "Disabled") },
    },
  ],
  effects: {
    virtualization: { attribute: "Rome0565", values: { Rome0565Enabled: true, Rome0565Disabled: false } },
    iommu: {
      attribute: "Rome0162",
      values: { Rome0162Enabled: true, Rome0162Auto: true, Rome0162Disabled: false },
    },
    acs: {
      attribute: "Rome0166",
      values: { Rome0166Enabled: true, Rome0166Auto: true, Rome0166Disabled: false },
    },
    sriov: { attribute: "PCIS007", values: { PCIS007Enabled: true, PCIS007Disabled: false } },
    aboveFourG: { attribute: "PCIS006", values: { PCIS006Enabled: true, PCIS006Disabled: false } },
    maxReadRequest: {
      attribute: "PCIS012",
      values: {
        PCIS012Auto: 512,
        PCIS012128Bytes: 128,
        PCIS012256Bytes: 256,
        PCIS012512Bytes: 512,
        PCIS0121024Bytes: 1024,
        PCIS0122048Bytes: 2048,
        PCIS0124096Bytes: 4096,
      },
    },
  },
  modes: { needsIfMatch: true },
};
