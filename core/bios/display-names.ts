import type { IntentName } from "./intents";

/** How set-up screens call what an intent sets. */
interface DisplayRule {
  /** The whole name, in `wordsOf` form. */
  readonly exactly: readonly string[];
  /** Else a name that has one of these words */
  readonly has: RegExp;
  /** and none of these, which say that it is a part of the matter, or another one. */
  readonly butNot: RegExp;
}

/**
 * Words of set-up screens, from the public manuals of Dell, HPE, Lenovo, Supermicro, Gigabyte, ASUS and Intel boards and
 * from AMD's and Intel's own names of these functions.
 */
const RULES: Readonly<Record<IntentName, DisplayRule>> = {
  virtualization: {
    exactly: [
      "virtualization technology",
      "intel virtualization technology",
      "intel virtualization technology intel vt",
      "intel virtualization technology vtx",
      "intel vt",
      "intel vtx",
      "vtx",
      "vmx",
      "enable vmx",
      "svm",
      "svm mode",
      "svm support",
      "amd svm",
      "amd v",
      "amd virtualization",
      "amd virtualization technology",
      "amd v technology",
      "cpu virtualization",
      "processor virtualization",
      "hardware virtualization",
    ],
    has: /\b(vmx|vtx|svm|(cpu|processor|hardware( assisted)?) virtualization|virtualization technology)\b/,
    butNot: /\b(vtd|directed|io|iommu|sriov|nested|lock|locked|guest|lan|nic|gpu)\b/,
  },
  iommu: {
    exactly: [
      "iommu",
      "iommu support",
      "amd iommu",
      "vtd",
      "intel vtd",
      "vt for directed io",
      "intel vt for directed io",
      "intel vt for directed io vtd",
      "intel virtualization technology for directed io",
      "intel virtualization technology for directed io vtd",
      "amd io virtualization technology",
      "io virtualization technology",
      "directed io",
    ],
    has: /\b(vtd|iommu|directed io|io virtualization technology)\b/,
    butNot:
      /\b(ats|interrupt|remapping|coherency|pass|passthrough|posted|dma|pre boot|preboot|isoc|acs|scalable|granularity|opt|x2apic|sriov|single|early|avic|snp)\b/,
  },
  acs: {
    exactly: [
      "acs",
      "acs enable",
      "acs support",
      "acs control",
      "pcie acs",
      "pcie acs support",
      "pci express acs",
      "access control service",
      "access control services",
      "access control services acs",
      "acs access control services control",
      "pcie access control services",
    ],
    has: /\b(acs|access control services?)\b/,
    butNot:
      /\b(slot|ports?|rp|redirect|violation|egress|forwarding|validation|blocking|translated|p2p|override|capability|rcc|rcec|user|aspm)\b|\d/,
  },
  sriov: {
    exactly: [
      "sriov",
      "sriov support",
      "sriov enable",
      "sriov global",
      "sriov global enable",
      "pcie sriov",
      "pcie sriov support",
      "single root io virtualization",
      "single root io virtualization sriov",
      "single root io virtualization support",
      "sriov single root io virtualization",
    ],
    has: /\b(sriov|single root io virtualization)\b/,
    butNot:
      /\b(slot|ports?|nic|lom|ocp|embedded|onboard|network|ethernet|adapter|device|vf|vfs|functions?|ari|max|number|count|partition|page)\b|\d/,
  },
  maxReadRequest: {
    exactly: [
      "maximum read request",
      "maximum read request size",
      "max read request",
      "max read request size",
      "pcie maximum read request size",
      "pcie max read request size",
      "pci express maximum read request size",
      "maxreadreq",
      "mrrs",
    ],
    has: /\b(max(imum)? read req(uest)?|mrrs|maxreadreq)\b/,
    butNot: /\b(slot|ports?|payload|nic|nvme)\b|\d/,
  },
  aboveFourG: {
    exactly: [
      "above 4g",
      "above 4g decoding",
      "above 4gb decoding",
      "above 4g mmio",
      "above 4gb mmio",
      "above 4g mmio bios assignment",
      "above 4gb mmio bios assignment",
      "mmio above 4g",
      "mmio above 4gb",
      "memory mapped io above 4g",
      "memory mapped io above 4gb",
      "64 bit mmio",
      "pci 64 bit resource allocation",
      "pcie 64 bit resource allocation",
    ],
    has: /\babove 4 ?gb?\b|\b64 bit (mmio|(pcie? )?resources?|decod\w*)\b/,
    butNot: /\b(size|base|limit|high|low|granularity|remap\w*|vga|option|rom|dma|log|crash)\b/,
  },
  numaPerSocket: {
    exactly: [
      "numa nodes per socket",
      "numa memory domains per socket",
      "nps",
      "snc",
      "sub numa cluster",
      "sub numa clustering",
      "sub numa cluster snc",
      "sub numa clustering snc",
      "sub numa snc",
      "snc sub numa",
      "snc sub numa cluster",
    ],
    has: /\b(numa nodes per socket|sub ?numa cluster(ing)?)\b/,
    butNot: /\b(ccx|l3|llc|cache|group|cxl|hbm|uma)\b/,
  },
  ioRelaxedOrdering: {
    exactly: [
      "relaxed ordering",
      "io relaxed ordering",
      "pcie relaxed ordering",
      "pci relaxed ordering",
      "pci express relaxed ordering",
    ],
    has: /\brelaxed ordering\b/,
    butNot: /\b(slot|ports?|nic|pch|cpu|write|local|remote|device|adapter|stack|iou?)\b|\d/,
  },
};

/** How well a display name, in `wordsOf` form, fits an intent: as a whole, by its words, or not. */
export function fitOf(intent: IntentName, words: string): "whole" | "words" | undefined {
  const { exactly, has, butNot } = RULES[intent];
  if (exactly.includes(words)) return "whole";
  return has.test(words) && !butNot.test(words) ? "words" : undefined;
}

/** A menu that is of one card, port or slot: what is set there is not for the whole machine. */
export function isOfOneDevice(menuPath: string | undefined): boolean {
  const path = menuPath?.toLowerCase().replace(/[^0-9a-z/]/g, "") ?? "";
  return /(nic|lom|ocp|slot|port|riser)\d|ethernet|connectx|mellanox|broadcom|bluefield|networkadapter/.test(path);
}

/** A name in plain words: lower case, no trademarks and signs, the terms of the trade as one word each. */
export function wordsOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/\((r|tm|c)\)|[®™]/g, " ")
    .replace(/[^0-9a-z]+/g, " ")
    .trim()
    .replace(/\bsr iov\b/g, "sriov")
    .replace(/\bvt d\b/g, "vtd")
    .replace(/\bvt x\b/g, "vtx")
    .replace(/\bi o\b/g, "io")
    .replace(/\bpci e\b/g, "pcie")
    .replace(/\b4 g(b|ib)?\b/g, "4g$1");
}
