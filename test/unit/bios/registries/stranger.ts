import { type Bios, choice, setting } from "./document";

/**
 * A vendor whose names nobody knows. Display names as in public manuals of several boards (ASUS, Intel, Lenovo, Tyan),
 * with what is easily taken for them: settings of single cards, ports and slots, and parts of the matter.
 */
const ON_OFF = [
  ["0", "Off"],
  ["1", "On"],
] as const;
const PCI = "./IO/PCIe";

export const STRANGER: Bios = {
  id: "XyzRegistry.9.1",
  manufacturer: "Example Computers",
  attributes: [
    choice("Q0101", "Intel(R) Virtualization Technology (VT-x)", "./Cpu", ON_OFF, "0"),
    choice("Q0102", "Intel® VT for Directed I/O (VT-d)", "./Chipset", ON_OFF, "0"),
    choice("Q0103", "VT-d Interrupt Remapping", "./Chipset", ON_OFF, "1"),
    choice("Q0104", "Pre-boot DMA Protection", "./Chipset", ON_OFF, "0"),
    choice("Q0105", "LAN Virtualization Technology", "./Chipset", ON_OFF, "0"),
    choice("Q0106", "VMX Lock", "./Cpu", ON_OFF, "0"),
    choice("Q0201", "PCI Express ACS", PCI, ON_OFF, "0"),
    choice("Q0202", "ACS P2P Request Redirect", PCI, ON_OFF, "1"),
    choice("Q0203", "ACS Source Validation", PCI, ON_OFF, "1"),
    choice("Q0204", "User Access Control", "./Security", ON_OFF, "1"),
    choice("Q0301", "SR-IOV Support", PCI, ON_OFF, "0"),
    choice("Q0302", "Slot 3 SR-IOV", PCI, ON_OFF, "0"),
    choice("Q0303", "SR-IOV", "./Devices/Mellanox ConnectX-7 Port1", ON_OFF, "0"),
    choice("Q0304", "SR-IOV", "./Devices/Mellanox ConnectX-7 Port2", ON_OFF, "0"),
    setting("Q0305", "Number of SR-IOV Virtual Functions", "./Devices/Nic1", "Integer", 8, {
      LowerBound: 0,
      UpperBound: 127,
    }),
    choice(
      "Q0401",
      "Max Read Request Size",
      PCI,
      [
        ["0", "128B"],
        ["1", "256B"],
        ["2", "512B"],
        ["5", "4096B"],
        ["9", "Auto"],
      ],
      "9",
    ),
    choice(
      "Q0402",
      "Max Payload Size",
      PCI,
      [
        ["0", "128B"],
        ["1", "256B"],
        ["9", "Auto"],
      ],
      "9",
    ),
    choice("Q0501", "Above 4G MMIO", PCI, ON_OFF, "1"),
    choice(
      "Q0502",
      "Above 4G MMIO Base",
      PCI,
      [
        ["0", "56 TB"],
        ["1", "12 TB"],
      ],
      "0",
    ),
    choice(
      "Q0601",
      "Sub-NUMA Clustering",
      "./Memory",
      [
        ["0", "Disabled"],
        ["1", "SNC2"],
        ["2", "SNC4"],
      ],
      "0",
    ),
    choice("Q0602", "L3 Cache as NUMA Node", "./Memory", ON_OFF, "0"),
    choice("Q0701", "PCIe Relaxed Ordering", PCI, ON_OFF, "0"),
    choice("Q0702", "Slot 3 Relaxed Ordering", PCI, ON_OFF, "0"),
    setting("Q0703", "SR-IOV Support", "./Information", "String", "Yes", { ReadOnly: true }),
  ],
};
