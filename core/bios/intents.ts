/** What a GPU server needs of its BIOS, in words that are no vendor's. */
export const INTENTS = [
  "virtualization",
  "iommu",
  "acs",
  "sriov",
  "maxReadRequest",
  "aboveFourG",
  "numaPerSocket",
  "ioRelaxedOrdering",
] as const;
export type IntentName = (typeof INTENTS)[number];

/**
 * What an intent is set to: on or off, bytes, nodes. A text is the vendor's own name of a value that says none of these,
 * such as "Auto".
 */
export type IntentValue = boolean | number | string;
export type IntentValues = Readonly<Partial<Record<IntentName, IntentValue>>>;

/** How a value of an intent is said: on or off, a size in bytes, or a number of NUMA nodes. */
export type IntentKind = "switch" | "bytes" | "nodes";

export const INTENT_KINDS: Readonly<Record<IntentName, IntentKind>> = {
  virtualization: "switch",
  iommu: "switch",
  acs: "switch",
  sriov: "switch",
  maxReadRequest: "bytes",
  aboveFourG: "switch",
  numaPerSocket: "nodes",
  ioRelaxedOrdering: "switch",
};

/** Sizes that a PCIe device's Max_Read_Request_Size can have (PCI Express Base Specification, Device Control). */
export const READ_REQUEST_BYTES = [128, 256, 512, 1024, 2048, 4096] as const;
export const NODES_PER_SOCKET = [1, 2, 4] as const;

/** The seed's BIOS step, with what its later steps build on: SR-IOV and ACS. */
export const DEFAULT_INTENTS = {
  virtualization: true,
  iommu: true,
  acs: true,
  sriov: true,
  maxReadRequest: 4096,
} as const satisfies IntentValues;

export type Need = "required" | "preferred";
export type Needs = Readonly<Partial<Record<IntentName, Need | undefined>>>;

/**
 * A VM with a GPU cannot do without the first ones. ACS and MaxReadReq are rarely offered and are set in registers from
 * the host as well; the others only tune.
 */
export const DEFAULT_NEEDS: Readonly<Record<IntentName, Need>> = {
  virtualization: "required",
  iommu: "required",
  sriov: "required",
  aboveFourG: "required",
  acs: "preferred",
  maxReadRequest: "preferred",
  numaPerSocket: "preferred",
  ioRelaxedOrdering: "preferred",
};

export const needOf = (needs: Needs, intent: IntentName): Need => needs[intent] ?? DEFAULT_NEEDS[intent];
