import { type Bios, choice, rule, setting } from "./document";

/**
 * AMI MegaRAC SP-X with Aptio V. Map strings, questions and options PCIS, NWSK, SETUP, USB, CSM: a public AMISCE dump of
 * Aptio V; Rome0039, Rome0059, Rome0162, Rome0565: HPE's Cray system management tools (MIT) for Gigabyte; that a value is
 * the map string and the option: NVIDIA's bare-metal manager (Apache-2.0, PCIS007Enabled). PCIS012 and Rome0166 are in
 * no public dump: read as codes of the same series.
 */
const PCI = "./Advanced/PCISubsystemSettings";
const CBS = "./AMDCBS/NBIOCommonOptions";
const ON_OFF = ["Disabled", "Enabled"];
const AUTO = ["Disabled", "Enabled", "Auto"];
const SIZES = ["Auto", "128 Bytes", "256 Bytes", "512 Bytes", "1024 Bytes", "2048 Bytes", "4096 Bytes"];

const question = (name: string, shown: string, menu: string, options: readonly string[], current: string) => {
  const code = (option: string) => name + option.replace(/[^0-9A-Za-z]/g, "");
  return choice(
    name,
    shown,
    menu,
    options.map((option) => [code(option), option] as const),
    code(current),
  );
};

export const AMI: Bios = {
  id: "BiosAttributeRegistry0ACQZ.0.72.0",
  manufacturer: "GIGABYTE",
  attributes: [
    setting("SETUP001", "BIOS Vendor", "./Main", "String", "American Megatrends", { ReadOnly: true }),
    question(
      "Rome0039",
      "Local APIC Mode",
      "./AMDCBS/CPUCommonOptions",
      ["Compatibility", "xAPIC", "x2APIC", "Auto"],
      "Auto",
    ),
    question("Rome0059", "SMT Control", "./AMDCBS/CPUCommonOptions", ["Disable", "Enable", "Auto"], "Auto"),
    question("Rome0565", "SVM Mode", "./AMDCBS/CPUCommonOptions", ON_OFF, "Disabled"),
    question("Rome0162", "IOMMU", CBS, AUTO, "Auto"),
    question("Rome0166", "ACS Enable", CBS, AUTO, "Auto"),
    question("Rome0167", "PCIe ARI Support", CBS, AUTO, "Auto"),
    question("PCIS003", "VGA Palette Snoop", PCI, ON_OFF, "Disabled"),
    question("PCIS006", "Above 4G Decoding", PCI, ON_OFF, "Enabled"),
    question("PCIS007", "SR-IOV Support", PCI, ON_OFF, "Disabled"),
    question("PCIS008", "Relaxed Ordering", PCI, ON_OFF, "Disabled"),
    question("PCIS009", "Extended Tag", PCI, ON_OFF, "Disabled"),
    question("PCIS010", "No Snoop", PCI, ON_OFF, "Enabled"),
    question("PCIS011", "Maximum Payload", PCI, SIZES, "Auto"),
    question("PCIS012", "Maximum Read Request", PCI, SIZES, "Auto"),
    question("PCIS014", "Extended Synch", PCI, ON_OFF, "Disabled"),
    question("PCIS015", "Link Training Retry", PCI, ["Disabled", "2", "3", "5"], "5"),
    setting("PCIS016", "Link Training Timeout (uS)", PCI, "Integer", 1000, {
      LowerBound: 10,
      UpperBound: 10000,
      ScalarIncrement: 10,
    }),
    question("NWSK000", "Network Stack", "./Advanced/NetworkStackConfiguration", ON_OFF, "Disabled"),
    question("NWSK001", "IPv4 PXE Support", "./Advanced/NetworkStackConfiguration", ON_OFF, "Disabled"),
    question("CSM004", "CSM Support", "./Advanced/CSMConfiguration", ON_OFF, "Disabled"),
    question("USB003", "XHCI Hand-off", "./Advanced/USBConfiguration", ON_OFF, "Enabled"),
    setting("SETUP003", "Setup Prompt Timeout", "./Boot", "Integer", 1, {
      LowerBound: 1,
      UpperBound: 65535,
      ScalarIncrement: 1,
    }),
    question("SETUP004", "Bootup NumLock State", "./Boot", ["On", "Off"], "On"),
    setting("SETUP005", "Quiet Boot", "./Boot", "Boolean", true),
  ],
  rules: [rule("NWSK000", "EQU", "NWSK000Disabled", "NWSK001", "Hidden")],
};
