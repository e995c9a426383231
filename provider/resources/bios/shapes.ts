import { z } from "zod";
import { DEFAULT_INTENTS, NODES_PER_SOCKET, READ_REQUEST_BYTES } from "../../../core/bios/intents";
import { bootNeed } from "../../../core/boot/boot-need";

const vendorName = z.string().min(1).max(256);
const OR_VENDOR = "A text is the BIOS's own name of another value, such as Auto";
const onOff = z.union([z.boolean(), vendorName]);
const oneOf = (numbers: readonly number[]) => z.union([z.literal(numbers), vendorName]);

export const biosIntents = z
  .strictObject({
    virtualization: onOff.optional().describe(`Virtual machines by the processor: Intel VMX, AMD SVM. ${OR_VENDOR}`),
    iommu: onOff.optional().describe(`Translation of devices' addresses: Intel VT-d, AMD-Vi. ${OR_VENDOR}`),
    acs: onOff
      .optional()
      .describe(
        `Access Control Services of the PCIe ports. Few vendors offer it; it can be set from the host as well. ${OR_VENDOR}`,
      ),
    sriov: onOff.optional().describe(`Virtual functions of PCIe devices. ${OR_VENDOR}`),
    maxReadRequest: oneOf(READ_REQUEST_BYTES)
      .optional()
      .describe(`Largest read request of a PCIe device, in bytes: ${READ_REQUEST_BYTES.join(", ")}. ${OR_VENDOR}`),
    aboveFourG: onOff.optional().describe(`Memory of PCIe devices above 4 GiB, which large BARs need. ${OR_VENDOR}`),
    numaPerSocket: oneOf(NODES_PER_SOCKET)
      .optional()
      .describe(
        `NUMA nodes that a processor is divided into: ${NODES_PER_SOCKET.join(", ")} (AMD NPS, Intel sub-NUMA clustering). ${OR_VENDOR}`,
      ),
    ioRelaxedOrdering: onOff.optional().describe(`Whether PCIe devices may relax the order of writes. ${OR_VENDOR}`),
  })
  .meta({ id: "BiosIntents" })
  .describe("What a GPU server needs of its BIOS, in words that are no vendor's");

const need = z.enum(["required", "preferred"]).optional();
const biosNeeds = z
  .strictObject({
    virtualization: need.describe("Default: required"),
    iommu: need.describe("Default: required"),
    acs: need.describe("Default: preferred, since few vendors offer it and it can be set from the host as well"),
    sriov: need.describe("Default: required"),
    maxReadRequest: need.describe("Default: preferred, since few vendors offer it and it can be set from the host too"),
    aboveFourG: need.describe("Default: required"),
    numaPerSocket: need.describe("Default: preferred"),
    ioRelaxedOrdering: need.describe("Default: preferred"),
  })
  .meta({ id: "BiosNeeds" });

const attributeValue = z.union([z.string(), z.number(), z.boolean()]);
const attributeName = z.string().min(1).max(512);
const attributeMap = z.record(attributeName, attributeValue);

export const biosInputs = z.strictObject({
  system: z
    .string()
    .regex(/^[^/\s]{1,128}$/, "must be the Redfish id of a system, such as System.Embedded.1")
    .optional()
    .describe("Redfish id of the system, where the BMC has several with BIOS settings. Default: the one that has any"),
  intents: biosIntents
    .default(DEFAULT_INTENTS)
    .describe(
      "What is to be set, in words that are no vendor's; the BMC's attribute registry tells by which attribute. Intents that are left out are left alone",
    ),
  need: biosNeeds
    .default({})
    .describe(
      "Whether an intent must come true: required refuses the plan where the BIOS cannot have it, preferred goes without it and says so",
    ),
  attributes: attributeMap
    .default({})
    .describe(
      "Attributes by the BIOS's own names, with the values that the BMC's attribute registry lists. They are checked by the registry's types, ranges and rules",
    ),
});
export type BiosInputs = z.infer<typeof biosInputs>;

const resolvedIntent = z
  .strictObject({
    attribute: z.string().describe("Name of the attribute"),
    displayName: z.string().optional().describe("Its name on the setup screen"),
    value: attributeValue.describe("Value after the next boot, as the BIOS names it"),
    how: z
      .enum(["known name", "display name"])
      .describe("How it was found: by a name that is known for it, or by what the setup screen calls it"),
  })
  .meta({ id: "BiosResolvedIntent" });

const perIntent = <T extends z.ZodType>(schema: T) =>
  z.strictObject({
    virtualization: schema.optional(),
    iommu: schema.optional(),
    acs: schema.optional(),
    sriov: schema.optional(),
    maxReadRequest: schema.optional(),
    aboveFourG: schema.optional(),
    numaPerSocket: schema.optional(),
    ioRelaxedOrdering: schema.optional(),
  });

export const biosOutputs = z.strictObject({
  ...biosInputs.shape,
  intents: biosIntents.describe("What will hold after the next boot, of the intents that the BIOS offers"),
  attributes: attributeMap.describe("Value of each wanted attribute after the next boot"),
  running: z
    .strictObject({
      intents: biosIntents.describe("Intents in force"),
      attributes: attributeMap.describe("Wanted attributes in force"),
    })
    .meta({ id: "BiosRunning" })
    .describe(
      "What is in force now. A setting of which the BMC shows the scheduled value alone is as it was last known, or absent",
    ),
  resolved: perIntent(resolvedIntent)
    .meta({ id: "BiosResolvedIntents" })
    .describe("By which attribute each intent that the BIOS offers is set"),
  notOffered: perIntent(z.string())
    .meta({ id: "BiosNotOffered" })
    .describe("Why the BIOS does not offer the other intents"),
  pending: attributeMap.describe(
    "Every attribute that waits for the next boot, whoever set it, and the value it will have",
  ),
  failures: z
    .array(
      z
        .strictObject({
          message: z.string().describe("What the BMC said"),
          attributes: z.array(z.string()).describe("Attributes that it named"),
        })
        .meta({ id: "BiosFailure" }),
    )
    .describe("What the BMC could not apply at the last boot"),
  job: z.string().optional().describe("Job or task that waits to apply the pending settings"),
  systemId: z.string().describe("Redfish id of the system"),
  manufacturer: z.string().optional().describe("Manufacturer of the system"),
  model: z.string().optional().describe("Model of the system"),
  biosVersion: z.string().optional().describe("Version of the BIOS"),
  registry: z.string().optional().describe("Id of the attribute registry; absent where the BMC offers none"),
  registryProblem: z.string().optional().describe("Why there is no attribute registry"),
  bootNeed: bootNeed.describe(
    "The boot that settings wait for; other people's settings that wait are among the reasons",
  ),
});
export type BiosOutputs = z.infer<typeof biosOutputs>;
