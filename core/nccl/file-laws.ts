/**
 * What NCCL's reader and graph take of a topology file; each line was read in NCCL's source (github.com/NVIDIA/nccl).
 *
 * | fact | where |
 * |---|---|
 * | no XML header, no text, no tabs: between elements only blanks and line ends | src/graph/xml.cc xmlGetNode |
 * | attributes follow the name and each other after a blank, on one line; a second blank is an empty attribute | xml.cc xmlGetNode, xmlGetToken |
 * | a value of 254 characters or more is an error, since its closing quote is stored with it | xml.cc xmlGetValue, MAX_STR_LEN |
 * | 16 attributes, 640 children, 256 elements; elements once made keep their place even when trimmed | xml.h, topo.h |
 * | `version` is 1; other elements than system, cpu, pci, gpu, nic, net … are skipped | xml.cc ncclTopoXmlLoadSystem |
 * | a GPU or NIC finds its `<pci>` by strcmp with the bus id in lower case, function 0 of slot 0 for a NIC | xml.cc ncclTopoGetPciNode; topo.cc int64ToBusId; net_ib/init.cc ncclIbGetPciPath |
 * | an element that the file has below a parent stays there: /sys decides only for elements without a parent | xml.cc ncclTopoGetXmlFromSys |
 * | `class` is always read anew from /sys where the bus id is there, so a switch needs the id of a real bridge, or of nothing | xml.cc ncclTopoGetXmlFromSys |
 * | ids, link_speed and link_width of the file win; what is absent comes from /sys, where an emulated switch has 2.5 GT/s x1 | xml.cc ncclTopoGetXmlFromSys |
 * | link_speed is matched by its beginning with a list; what matches none counts as 8 GT/s | xml.h kvConvertToInt; topo.cc kvDictPciGen |
 * | two switches of one id become two nodes of one name, and paths break | topo.cc ncclTopoAddPci, ncclTopoIdToIndex |
 * | switches of some Broadcom ids are merged with those below, so the host's ids make the guest's graph that of the host | topo.cc ncclTopoFlattenBcmSwitches |
 * | gpu, nic, net, nvlink, rank, gdr, host_hash are made by NCCL: the file has none; given ones would win over what is true | xml.cc ncclTopoFillGpu, ncclTopoFillNet; topo.cc ncclTopoGetSystem |
 * | arch, vendor, familyid, modelid of a cpu come from CPUID where absent, which is the host's own (host-passthrough) | xml.cc ncclTopoGetXmlFromCpu |
 * | affinity: 32 groups of 32 bits, highest first; ANDed with the job's own unless NCCL_IGNORE_CPU_AFFINITY | cpuset.h ncclStrToCpuset; topo.cc ncclTopoGetCpuAffinity |
 * | elements without a GPU or NIC that the job uses are trimmed, NVSwitches too: those are found by NVLink | topo.cc, xml.cc ncclTopoTrimXml |
 * | a GPU's function must be 0 modulo 4 (2.30) | topo.cc ncclTopoCheckMloPartBusId |
 */
export const FILE_LAWS = {
  version: "1",
  /** Longest value: the closing quote is stored too, and the 255th character is an error. */
  valueLength: 253,
  attributes: 16,
  children: 640,
  elements: 256,
} as const;

/** Link speeds that NCCL tells apart, in GT/s (topo.cc kvDictPciGen). */
export const LINK_SPEEDS = [2.5, 5, 8, 16, 32, 64];
