import { type Bios, choice, rule, setting } from "./document";

/**
 * NVIDIA DGX H100 (AMI MegaRAC with Intel's reference BIOS). Names and values: NVIDIA's libredfish (Apache-2.0), module
 * nvidia_viking; ProcessorVmxEnable, ProcessorX2apic: Intel's reference BIOS, as in HPE's Cray system management tools.
 * Display names: Intel's setup screens. The other names are made up in the same manner.
 */
const ENABLE = ["Enable", "Disable"];
const ENABLED = ["Enabled", "Disabled"];
const SOCKET = "./SocketConfiguration";
const IIO = `${SOCKET}/IIOConfiguration`;

export const DGX: Bios = {
  id: "BiosAttributeRegistry52221.1.6.7",
  manufacturer: "NVIDIA",
  attributes: [
    setting("SBIOSVersion", "SBIOS Version", "./Main", "String", "1.6.7", { ReadOnly: true }),
    choice(
      "ProcessorHyperThreadingDisable",
      "Hyper-Threading [ALL]",
      `${SOCKET}/ProcessorConfiguration`,
      ENABLE,
      "Enable",
    ),
    choice("ProcessorVmxEnable", "VMX", `${SOCKET}/ProcessorConfiguration`, ENABLE, "Disable"),
    choice("ProcessorX2apic", "Extended APIC", `${SOCKET}/ProcessorConfiguration`, ENABLE, "Enable"),
    choice("VTdSupport", "Intel(R) VT for Directed I/O", IIO, ENABLE, "Disable"),
    choice("InterruptRemap", "Interrupt Remapping", IIO, ["Auto", ...ENABLE], "Auto"),
    choice("ATS", "ATS", IIO, ENABLE, "Enable"),
    choice("PcieRelaxedOrderingStack0", "Relaxed Ordering IOU0", IIO, ENABLE, "Enable"),
    choice("PcieRelaxedOrderingStack1", "Relaxed Ordering IOU1", IIO, ENABLE, "Enable"),
    choice(
      "SncEn",
      "SNC (Sub NUMA)",
      `${SOCKET}/UncoreConfiguration`,
      [["Disable", "Disable"], ["SNC2", "Enable SNC2 (2-clusters)"], ["SNC4", "Enable SNC4 (4-clusters)"], "Auto"],
      "Disable",
    ),
    choice("SRIOVEnable", "SR-IOV Support", "./Advanced/PCISubsystemSettings", ENABLE, "Disable"),
    choice("MmioAbove4G", "Above 4G Decoding", "./Advanced/PCISubsystemSettings", ENABLE, "Enable"),
    choice("NetworkStack", "Network Stack", "./Advanced/NetworkStackConfiguration", ENABLED, "Disabled"),
    choice("Ipv4Http", "IPv4 HTTP Support", "./Advanced/NetworkStackConfiguration", ENABLED, "Disabled"),
    choice("Ipv4Pxe", "IPv4 PXE Support", "./Advanced/NetworkStackConfiguration", ENABLED, "Disabled"),
    choice("RedfishEnable", "Redfish", "./ServerMgmt", ENABLE, "Enable"),
    choice("KcsInterfaceDisable", "KCS Interface Control", "./ServerMgmt", ["Allow All", "Deny All"], "Allow All"),
    choice("BaudRate0", "Bits per second", "./Advanced/SerialPortConsoleRedirection", ["9600", "115200"], "115200"),
    setting("SetupPromptTimeout", "Setup Prompt Timeout", "./Boot", "Integer", 5, { LowerBound: 1, UpperBound: 65535 }),
  ],
  rules: [
    rule("NetworkStack", "EQU", "Disabled", "Ipv4Http", "GrayOut"),
    rule("NetworkStack", "EQU", "Disabled", "Ipv4Pxe", "GrayOut"),
  ],
};
