import type { IntentName } from "./intents";

/** An attribute that is known to decide an intent. */
export interface KnownName {
  readonly name: string;
  /** The name means this only where the BIOS has that attribute too, which tells whose BIOS it is. */
  readonly beside?: string;
  /** A code, which another board may use for something else: its display name, where there is one, must agree. */
  readonly code?: true;
}

/**
 * Names of attributes by vendor, the first that a BIOS has counts. Sources:
 * - Dell iDRAC: BIOS attribute registry as printed by spyroot/idrac_ctl and used in OpenStack Ironic's iDRAC guide
 *   (ProcVirtualization, SriovGlobalEnable, MmioAbove4Gb, SubNumaCluster); AMD's EPYC tuning guides for PowerEdge
 *   (IommuSupport, NumaNodesPerSocket). On Intel servers ProcVirtualization switches VT-x and VT-d together; SysProfile
 *   tells Dell's BIOS.
 * - HPE iLO: HPE's iLO RESTful API documentation, BIOS resource definitions (ProcVirtualization, IntelProcVtd,
 *   ProcAmdIoVt, AccessControlService, Sriov, SubNumaClustering, NumaMemoryDomainsPerSocket); HPE's Cray system
 *   management tools (ProcAmdVirtualization, ProcAmdIOMMU). WorkloadProfile tells HPE's BIOS; NVIDIA's
 *   libredfish (Apache-2.0) takes ProcVirtualization for the IOMMU on an iLO 7 that has neither of the others.
 * - Supermicro: the question of the setup screen without its signs, and a suffix of hexadecimal digits that differs from
 *   BIOS to BIOS. IntelVirtualizationTechnology, IntelVTforDirectedI/O(VT-d), SR-IOVSupport: NVIDIA's libredfish;
 *   IOMMU, Above4GDecoding: redfish_mcp; the questions "ACS Control", "SVM Mode", "ACS Enable", "NUMA Nodes Per Socket"
 *   and "SNC": Supermicro's motherboard manuals. MaximumReadRequest and RelaxedOrdering are questions of AMI's PCI module
 *   in Supermicro's manner.
 * - AMI MegaRAC and Aptio V: map strings of an AMISCE dump (PCIS006 to PCIS011) and of NVIDIA's bare-metal manager
 *   (Apache-2.0); Rome0162 and Rome0565: HPE's Cray system management tools for Gigabyte. PCIS012 and Rome0166 are read
 *   as the next codes of these series.
 * - Intel's reference BIOS, of which AMI's DGX H100 is one: VTdSupport, SRIOVEnable, ProcessorVmxEnable (HPE's Cray system
 *   management tools; libredfish, module nvidia_viking), SncEn (Intel's XmlCli).
 * - Lenovo XCC: Processors_IntelVirtualizationTechnology, Processors_SVMMode (NVIDIA's bare-metal manager, Apache-2.0);
 *   DevicesandIOPorts_SRIOV, DevicesandIOPorts_IOMMU, DevicesandIOPorts_IntelVTforDirectedIOVTd (public code that reads
 *   them); Memory_NUMANodesperSocket, Processors_SNC (Lenovo Press LP2210, LP1836).
 */
export const KNOWN_NAMES: Readonly<Record<IntentName, readonly KnownName[]>> = {
  virtualization: [
    { name: "ProcVirtualization" },
    { name: "ProcAmdVirtualization" },
    { name: "ProcessorVmxEnable" },
    { name: "IntelVirtualizationTechnology" },
    { name: "SVMMode" },
    { name: "Processors_IntelVirtualizationTechnology" },
    { name: "Processors_SVMMode" },
    { name: "Rome0565", code: true },
  ],
  iommu: [
    { name: "IommuSupport" },
    { name: "IntelProcVtd" },
    { name: "ProcAmdIOMMU" },
    { name: "ProcAmdIoVt" },
    { name: "VTdSupport" },
    { name: "IntelVTforDirectedI/O(VT-d)" },
    { name: "IOMMU" },
    { name: "DevicesandIOPorts_IntelVTforDirectedIOVTd" },
    { name: "DevicesandIOPorts_IOMMU" },
    { name: "Rome0162", code: true },
    { name: "ProcVirtualization", beside: "SysProfile" },
    { name: "ProcVirtualization", beside: "WorkloadProfile" },
  ],
  acs: [
    { name: "AccessControlService" },
    { name: "ACSEnable" },
    { name: "ACSControl" },
    { name: "ACS(AccessControlServices)Control" },
    { name: "Rome0166", code: true },
  ],
  sriov: [
    { name: "SriovGlobalEnable" },
    { name: "Sriov" },
    { name: "SRIOVEnable" },
    { name: "SR-IOVSupport" },
    { name: "DevicesandIOPorts_SRIOV" },
    { name: "PCIS007", code: true },
  ],
  maxReadRequest: [{ name: "MaximumReadRequest" }, { name: "PCIS012", code: true }],
  aboveFourG: [
    { name: "MmioAbove4Gb" },
    { name: "MmioAbove4G" },
    { name: "Above4GDecoding" },
    { name: "PCIS006", code: true },
  ],
  numaPerSocket: [
    { name: "NumaNodesPerSocket" },
    { name: "NumaMemoryDomainsPerSocket" },
    { name: "SubNumaCluster" },
    { name: "SubNumaClustering" },
    { name: "SncEn" },
    { name: "SNC" },
    { name: "Memory_NUMANodesperSocket" },
    { name: "Processors_SNC" },
  ],
  ioRelaxedOrdering: [{ name: "RelaxedOrdering" }, { name: "PCIS008", code: true }],
};

/**
 * The forms of an attribute's name that a known one is compared with. Vendors write the signs of a question in several
 * ways (SR-IOVSupport and SR_IOVSupport), and Supermicro adds its suffix.
 */
export function nameForms(attribute: string): readonly string[] {
  return [plainName(attribute), plainName(attribute.replace(/_[0-9A-F]{3,4}$/, ""))];
}

/** A name without its signs and capitals. */
export const plainName = (name: string): string => name.replace(/[^0-9A-Za-z]/g, "").toLowerCase();
