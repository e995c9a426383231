import { z } from "zod";
import { bootNeed } from "../../../core/boot/boot-need";
import { PROFILES } from "../../../core/nic/profile";
import { pciAddress } from "../../../core/topology/model";

const value = z.union([z.number(), z.string()]);
const values = z.record(z.string(), value);
const reasons = z.record(z.string(), z.string());

export const nicFirmwareInputs = z.strictObject({
  device: pciAddress.describe(
    "PCI address DDDD:BB:SS.F of the adapter: that of its first function. Its firmware parameters are those of all its ports",
  ),
  profile: z
    .enum(PROFILES)
    .optional()
    .describe(
      "Parameters to set beside those in parameters: vmPassthrough is for an adapter whose peers are GPUs of the same virtual machine (ADVANCED_PCI_SETTINGS=1, MAX_ACC_OUT_READ=44, PCI_WR_ORDERING=0, P2P_ORDERING_MODE=1, ATS_ENABLED=1, RDMA_SELECTIVE_REPEAT_EN=1). They show in parameters; one that an adapter does not have is left out with a warning",
    ),
  parameters: z
    .record(z.string(), z.union([z.number(), z.string(), z.boolean()]))
    .default({})
    .describe(
      "mlxconfig parameters by name: NAME, NAME_P1 of a port, NAME[0] of an array. Values are numbers, names or booleans, and are kept as numbers: true is 1, SECURE_NONE is 1. An entry taken out gets back what it was before",
    ),
});
export type NicFirmwareInputs = z.infer<typeof nicFirmwareInputs>;

export const nicFirmwareOutputs = z.strictObject({
  ...nicFirmwareInputs.shape,
  running: values.describe("Values in force, of the same parameters"),
  defaults: values.describe("Values from the factory, of the same parameters"),
  locked: reasons.describe(
    "Parameters that cannot be set, or not yet, and why: the adapter does not show them, or marks them as read-only",
  ),
  unsupported: reasons.describe("Parameters that the adapter does not have, and why"),
  heldBy: z.string().optional().describe("Running domain or process that the adapter is passed through to"),
  notAsked: z
    .string()
    .optional()
    .describe("Why the adapter was not asked, so that all values are those known last; absent where it was asked"),
  otherCard: z
    .string()
    .optional()
    .describe(
      "Which other adapter is at the address now, and what to do; all else is what was known of the adapter that was there",
    ),
  deviceType: z.string().describe("Kind of the adapter, such as ConnectX7"),
  partNumber: z.string().describe("Part number of the adapter"),
  description: z.string().describe("The adapter's description of itself"),
  serialNumber: z
    .string()
    .optional()
    .describe("Serial number of the adapter, where its vital product data can be read"),
  firmwareVersion: z.string().optional().describe("Version of the running firmware, where the host's driver tells"),
  psid: z.string().optional().describe("Identity of the board that firmware images go by, where the driver tells"),
  tool: z.string().describe("Program that was used: mstconfig or mlxconfig"),
  toolVersion: z.string().describe("Version of that program"),
  functions: z.array(pciAddress).describe("PCI functions of the adapter, its virtual functions not among them"),
  lockdown: z.string().describe("Lockdown mode of the host's kernel: none, integrity or confidentiality"),
  bootNeed: bootNeed.describe("What it takes until all wanted values are in force"),
});
export type NicFirmwareOutputs = z.infer<typeof nicFirmwareOutputs>;
