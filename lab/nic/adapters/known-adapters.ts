import { COMMON_CAPABILITIES, COMMON_CONFIGURATIONS, COMMON_LOCKS } from "./common-firmware";
import { COMMON_DEFAULTS } from "./factory-defaults";
import type { AdapterProfile } from "./profile";

const INFINIBAND = { "nv_mpfs_cap.sriov_ib_routing_mode_supported": 1, "nv_mpfs_cap.ib_routing_mode_supported": 1 };
const SELECTIVE_REPEAT = { "nv_sw_offload_cap.sr_enable_supported": 1 };
const ADAPTIVE_ROUTING = { "nv_sw_offload_cap.ar_enable_supported": 1 };

/** Reset levels 3 (driver and PCI reset) and 4 (warm reboot) of mstfwreset; 0 is the whole chip as reset type. */
const RESETS_BY_TOOL = { levels: [3, 4], types: [0], loadedByWarmBoot: true, smartNic: false } as const;

/**
 * Sources: device types and numbers from mstflint, dev_mgt/tools_dev_types.c; part numbers and sentences from NVIDIA's
 * user manuals (ordering information) and the listings named in factory-defaults.ts; firmware branches by their first
 * number (20, 22, 26, 28, 32), release 43.1014 or, for ConnectX-7, 48.1000 with its PSID from Mellanox/mstflint issue
 * 1717. Which boards write-protect which configuration differs by order code; boards without crypto are taken as
 * protecting the crypto policy, and a BlueField's host as not being allowed to change who owns the card.
 */
const ADAPTERS: readonly AdapterProfile[] = [
  {
    device: "101b",
    type: "ConnectX6",
    softwareId: 4123,
    partNumber: "MCX653105A-HDA_Ax",
    description:
      "ConnectX-6 VPI adapter card; HDR IB (200Gb/s) and 200GbE; single-port QSFP56; PCIe4.0 x16; tall bracket; ROHS R6",
    firmware: "20.43.1014",
    psid: "MT_0000000223",
    configurations: [...COMMON_CONFIGURATIONS, "nv_vpi_link_type"],
    readOnly: ["nv_crypto_conf"],
    capabilities: { ...COMMON_CAPABILITIES, ...INFINIBAND },
    defaults: { ...COMMON_DEFAULTS, LINK_TYPE: 1 },
    locks: COMMON_LOCKS,
    reset: RESETS_BY_TOOL,
  },
  {
    device: "101d",
    type: "ConnectX6DX",
    softwareId: 4125,
    partNumber: "MCX623106AN-CDA_Ax",
    description: "ConnectX-6 Dx EN adapter card; 100GbE; Dual-port QSFP56; PCIe 4.0/3.0 x16;",
    firmware: "22.43.1014",
    psid: "MT_0000000359",
    configurations: COMMON_CONFIGURATIONS,
    readOnly: ["nv_crypto_conf"],
    capabilities: { ...COMMON_CAPABILITIES, ...ADAPTIVE_ROUTING },
    defaults: COMMON_DEFAULTS,
    locks: COMMON_LOCKS,
    reset: { ...RESETS_BY_TOOL, types: [0, 1] },
  },
  {
    device: "101f",
    type: "ConnectX6LX",
    softwareId: 4127,
    partNumber: "MCX631102AC-ADA_Ax",
    description: "ConnectX-6 Lx EN adapter card; 25GbE ; Dual-port SFP28; PCIe 4.0 x8; Crypto and Secure Boot",
    firmware: "26.43.1014",
    configurations: COMMON_CONFIGURATIONS,
    readOnly: [],
    capabilities: { ...COMMON_CAPABILITIES, ...ADAPTIVE_ROUTING },
    defaults: COMMON_DEFAULTS,
    locks: COMMON_LOCKS,
    reset: { ...RESETS_BY_TOOL, types: [0, 1] },
  },
  {
    device: "1021",
    type: "ConnectX7",
    softwareId: 4129,
    partNumber: "MCX75310AAS-NEA_Ax",
    description:
      "NVIDIA ConnectX-7 HHHL Adapter card; 400GbE / NDR IB (default mode); Single-port OSFP; PCIe 5.0 x16; " +
      "Crypto Disabled; Secure Boot Enabled;",
    firmware: "28.48.1000",
    psid: "MT_0000000838",
    configurations: [...COMMON_CONFIGURATIONS, "nv_vpi_link_type", "nv_global_pci_conf_3", "nv_module_split"],
    readOnly: ["nv_crypto_conf"],
    capabilities: {
      ...COMMON_CAPABILITIES,
      ...INFINIBAND,
      ...SELECTIVE_REPEAT,
      ...ADAPTIVE_ROUTING,
      "nv_memic_cap.memic_atomic_supported": 1,
    },
    defaults: { ...COMMON_DEFAULTS, LINK_TYPE: 1, NUM_OF_PF: 1 },
    locks: COMMON_LOCKS,
    reset: { ...RESETS_BY_TOOL, types: [0, 1], syncs: [0, 1] },
  },
  {
    device: "a2dc",
    type: "BlueField3",
    softwareId: 41692,
    partNumber: "900-9D3B6-00CV-A_Ax",
    description:
      "NVIDIA BlueField-3 B3220 P-Series FHHL DPU; 200GbE (default mode) / NDR200 IB; Dual-port QSFP112; PCIe Gen5.0 x16",
    firmware: "32.43.1014",
    psid: "MT_0000000884",
    configurations: [
      ...COMMON_CONFIGURATIONS,
      "nv_vpi_link_type",
      "nv_ecpf_conf",
      "nv_internal_cpu_conf",
      "nv_host_priv_conf",
      "nv_emulation_nvme_conf",
      "nv_emulation_virtio_net_conf",
      "nv_emulation_virtio_blk_conf",
      "nv_emulation_pci_switch_conf",
    ],
    readOnly: ["nv_host_priv_conf"],
    capabilities: {
      ...COMMON_CAPABILITIES,
      ...INFINIBAND,
      ...SELECTIVE_REPEAT,
      ...ADAPTIVE_ROUTING,
      "nv_internal_cpu_cap.embedded_cpu_model_supported": 1,
      "nv_internal_cpu_cap.host_page_supplier_supported": 1,
      "nv_internal_cpu_cap.host_esw_manager_supported": 1,
      "nv_internal_cpu_cap.host_ib_vport0_supported": 1,
      "nv_internal_cpu_cap.disable_offload_engine_supported": 1,
      "nv_ecpf_cap.esw_manager_ecpf_supported": 1,
      "nv_ecpf_cap.esw_manager_external_host_pf_supported": 1,
      "nv_ecpf_cap.external_host_page_supplier_ecpf_supported": 1,
      "nv_ecpf_cap.external_host_page_supplier_external_host_pf_supported": 1,
      "nv_emulation_nvme_cap.nvme_emu_supported": 1,
      "nv_emulation_nvme_cap.nvme_emu_max_num_pf": 2,
      "nv_emulation_nvme_cap.nvme_emu_max_total_vf": 256,
      "nv_emulation_virtio_net_cap.virtio_net_emu_supported": 1,
      "nv_emulation_virtio_net_cap.virtio_net_emu_max_num_pf": 16,
      "nv_emulation_virtio_net_cap.virtio_net_emu_max_total_vf": 1024,
      "nv_emulation_virtio_blk_cap.virtio_blk_emu_supported": 1,
      "nv_emulation_virtio_blk_cap.virtio_blk_emu_max_num_pf": 16,
      "nv_emulation_virtio_blk_cap.virtio_blk_emu_max_total_vf": 1024,
      "nv_emulation_pci_switch_cap.pci_switch_supported": 1,
      "nv_emulation_pci_switch_cap.max_num_switch_port": 31,
    },
    defaults: { ...COMMON_DEFAULTS, INTERNAL_CPU_MODEL: 1, NUM_OF_VFS: 16, SRIOV_EN: 1 },
    locks: COMMON_LOCKS,
    reset: { levels: [1, 4], types: [0, 1, 2, 3, 4], loadedByWarmBoot: false, smartNic: true },
  },
];

const BY_DEVICE = new Map(ADAPTERS.map((profile) => [profile.device, profile]));
const ADAPTER_VENDOR = "15b3";

/** The firmware that answers for a PCI vendor and device id, or undefined where this lab has none. */
export function profileFor(vendor: string, device: string): AdapterProfile | undefined {
  return vendor.toLowerCase() === ADAPTER_VENDOR ? BY_DEVICE.get(device.toLowerCase()) : undefined;
}
