import { z } from "zod";
import {
  adapterAddresses,
  adapterFacts,
  gpuDirectReport,
  gpuFacts,
  gpuSettings,
  nicSettings,
} from "../../../core/guest/settings";
import { pciAddress } from "../../../core/topology/model";
import { defer } from "../deferred";

const sysctlName = z
  .string()
  .max(200)
  .regex(/^[a-z0-9_-]+(\.[A-Za-z0-9_@:/-]+)+$/, "must be the name of a sysctl such as net.ipv4.tcp_sack");
const sysctlValue = z
  .string()
  .max(1000)
  .regex(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/, "must be one line: words with single blanks between them");

export const guestTuningInputs = z.strictObject({
  profile: z
    .enum(["gpudirect", "none"])
    .default("gpudirect")
    .describe(
      "gpudirect: what nicSettings, gpuSettings and sysctls do not say takes the values that GPUDirect RDMA wants; none: only what they say is set",
    ),
  nics: z
    .union([z.enum(["rdma", "none"]), adapterAddresses], { error: 'must be "rdma", "none" or a list of PCI addresses' })
    .default("rdma")
    .describe(
      "Network adapters to tune, by PCI address as this system has it: rdma for all that have an RDMA device and carry neither the default route nor the SSH connection",
    ),
  nicSettings: nicSettings.default({}).describe("Settings of all tuned adapters; MTU and QoS are for Ethernet alone"),
  interfaces: z
    .record(pciAddress, nicSettings)
    .default({})
    .describe(
      "Settings of single adapters by PCI address, before those of nicSettings; shows the settings of all tuned ones",
    ),
  sysctls: z
    .record(sysctlName, sysctlValue)
    .default({})
    .describe("Kernel parameters by name. An entry taken out gets back what it was before"),
  gpus: z
    .union([z.enum(["all", "none"]), adapterAddresses], { error: 'must be "all", "none" or a list of PCI addresses' })
    .default("all")
    .describe("NVIDIA GPUs to tune: all, none, or PCI addresses as this system has them"),
  gpuSettings: gpuSettings
    .default({})
    .describe("Settings of all tuned GPUs; what a card does not support is left out and reported"),
  gpuClocks: z
    .record(pciAddress, gpuSettings)
    .default({})
    .describe(
      "Settings of single GPUs by PCI address, before those of gpuSettings; shows the settings of all tuned ones",
    ),
  persistent: z
    .boolean()
    .default(true)
    .describe("Whether the settings are made again at each boot: by files and a systemd unit of this provider"),
  gpuDirect: z
    .enum(["report", "require"])
    .default("report")
    .describe("What to do where the system lacks what GPUDirect RDMA needs: report warns, require fails the update"),
  defer,
  after: z
    .string()
    .optional()
    .describe(
      "Any value that changes when the system has been started anew, such as a domain's startId: settings are then read and verified again",
    ),
});
export type GuestTuningInputs = z.infer<typeof guestTuningInputs>;

export const guestTuningOutputs = z.strictObject({
  ...guestTuningInputs.shape,
  adapters: z.record(pciAddress, adapterFacts).describe("Network adapters by PCI address"),
  cards: z.record(pciAddress, gpuFacts).describe("NVIDIA GPUs by PCI address; empty where no driver reports any"),
  gpuAddresses: z
    .array(pciAddress)
    .describe("NVIDIA GPUs on the PCI bus, with or without a driver, without those that vfio-pci holds for a guest"),
  missingPrograms: z
    .array(z.string())
    .describe("Programs that settings need and the system does not have: ethtool, setpci, nvidia-smi, mlnx_qos"),
  missingSysctls: z
    .array(z.string())
    .describe("Kernel parameters that were asked for and that this kernel does not have"),
  init: z.enum(["systemd", "other"]).describe("What runs as process 1"),
  damaged: z
    .array(z.string())
    .describe("Files of persistent settings that are missing or were changed since they were written"),
  atBoot: z
    .record(z.string(), z.string())
    .describe("Settings that are made again at each boot, by their property path, as this provider's files have them"),
  report: gpuDirectReport.describe("What GPUDirect RDMA needs besides settings"),
});
export type GuestTuningOutputs = z.infer<typeof guestTuningOutputs>;
