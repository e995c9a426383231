import { type AttributeDefinition, disabled, type Flavour, fact } from "./flavour";

/**
 * NVIDIA DGX H100 (AMI MegaRAC SP-X, Intel processors).
 * Attribute names and values: NVIDIA's libredfish (Apache-2.0), module nvidia_viking: SRIOVEnable and VTdSupport are
 * Enable or Disable, Ipv4Http and Ipv4Pxe Enabled or Disabled, RedfishEnable, KcsInterfaceDisable. ProcessorVmxEnable is
 * the name of the same knob in Intel's reference BIOS, from which the others stem; MmioAbove4G, NetworkStack and the
 * registry's id are made up in the same manner. ACS and MaxReadReq are not offered.
 * Paths and habits: NVIDIA "DGX H100/H200 user guide", chapter Redfish APIs: Systems/DGX, Bios/SD, If-Match on PATCH.
 */
const SYSTEM = "/redfish/v1/Systems/DGX";
const SOCKET = "./SocketConfiguration";

function enable(name: string, displayName: string, menuPath: string): AttributeDefinition {
  return { name, displayName, menuPath, type: "Enumeration", values: ["Enable", "Disable"], default: "Enable" };
}

const SWITCH = { Enable: true, Disable: false } as const;

export const DGX: Flavour = {
  name: "dgx",
  vendor: "AMI",
  product: "AMI Redfish Server",
  manager: { id: "BMC", model: "AST2600", firmwareVersion: "24.09.17" },
  systemId: "DGX",
  chassisId: "DGX",
  paths: { bios: `${SYSTEM}/Bios`, settings: `${SYSTEM}/Bios/SD` },
  trailingSlash: false,
  registry: {
    id: "BiosAttributeRegistry52221.1.6.7",
    version: "1.6.7",
    path: "/redfish/v1/Registries/BiosAttributeRegistry52221.en-US.1.6.7.json",
  },
  adminUser: "admin",
  resetTypes: ["On", "ForceOff", "GracefulShutdown", "ForceRestart", "GracefulRestart", "PowerCycle"],
  powerConflict: { fulfilled: 204, impossible: 409 },
  settingsAnswer: 204,
  settingsShow: "pending",
  attributes: [
    fact("SBIOSVersion", "SBIOS Version", "./Main", "1.6.7"),
    enable("ProcessorVmxEnable", "VMX", `${SOCKET}/ProcessorConfiguration`),
    enable("ProcessorHyperThreadingDisable", "Hyper-Threading [ALL]", `${SOCKET}/ProcessorConfiguration`),
    enable("VTdSupport", "Intel(R) VT for Directed I/O", `${SOCKET}/IIOConfiguration`),
    enable("SRIOVEnable", "SR-IOV Support", "./Advanced/PCISubsystemSettings"),
    enable("MmioAbove4G", "Above 4G Decoding", "./Advanced/PCISubsystemSettings"),
    disabled("Ipv4Http", "IPv4 HTTP Support", "./Advanced/NetworkStackConfiguration"),
    disabled("Ipv4Pxe", "IPv4 PXE Support", "./Advanced/NetworkStackConfiguration"),
    disabled("NetworkStack", "Network Stack", "./Advanced/NetworkStackConfiguration"),
    {
      name: "BaudRate0",
      displayName: "Bits per second",
      menuPath: "./Advanced/SerialPortConsoleRedirection",
      type: "Enumeration",
      values: ["9600", "19200", "38400", "57600", "115200"],
      default: "115200",
    },
    {
      name: "SetupPromptTimeout",
      displayName: "Setup Prompt Timeout",
      menuPath: "./Boot",
      type: "Integer",
      lowerBound: 1,
      upperBound: 65535,
      scalarIncrement: 1,
      default: 5,
    },
  ],
  dependencies: [
    { attribute: "Ipv4Http", as: "GrayOut", when: { attribute: "NetworkStack", is: "EQU", value: "Disabled" } },
    { attribute: "Ipv4Pxe", as: "GrayOut", when: { attribute: "NetworkStack", is: "EQU", value: "Disabled" } },
  ],
  effects: {
    virtualization: { attribute: "ProcessorVmxEnable", values: SWITCH },
    iommu: { attribute: "VTdSupport", values: SWITCH },
    sriov: { attribute: "SRIOVEnable", values: SWITCH },
    aboveFourG: { attribute: "MmioAbove4G", values: SWITCH },
  },
  modes: { needsIfMatch: true },
};
