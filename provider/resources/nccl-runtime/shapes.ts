import { z } from "zod";
import { rdmaDevice } from "../../../core/nccl-runtime/rdma-device";
import { pciAddress } from "../../../core/topology/model";
import { defer } from "../deferred";

// biome-ignore lint/suspicious/noControlCharactersInRegex: no path that is meant has them
const absolutePath = z.string().regex(/^\/[^\x00-\x1f\x7f]*[^/\x00-\x1f\x7f]$/, "must be the absolute path of a file");
const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "must be the name of an environment variable");
/** Lines of nccl.conf have no quotes, no blanks, and values of at most 1023 characters (nccl src/misc/param.cc). */
const value = z
  .string()
  .min(1)
  .max(1023)
  .regex(/^[\x21-\x7e]+$/, "must be 1 to 1023 characters without blanks");

export const ncclRuntimeInputs = z.strictObject({
  topology: z
    .string()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe("NCCL topology file, as planGuest's ncclTopology gives it; absent leaves the file alone"),
  topologyFile: absolutePath
    .default("/var/run/nvidia-topologyd/virtualTopology.xml")
    .describe("Where NCCL looks for the topology file; the default is NCCL's own"),
  profile: z
    .enum(["gpudirect", "none"])
    .default("gpudirect")
    .describe(
      "gpudirect: what environment does not say takes the values that GPUDirect RDMA wants; none: only what it says is set",
    ),
  environment: z
    .record(variable, value)
    .default({})
    .describe(
      "Variables by name: those that begin with NCCL_ are kept in /etc/nccl.conf, others in /etc/environment. An entry taken out gets back what it was before",
    ),
  rails: z
    .array(pciAddress)
    .optional()
    .describe(
      "NICs in rail order, by PCI address as the guest has them: planGuest's rails. Their RDMA devices become NCCL_IB_HCA, unless environment says otherwise",
    ),
  visibleGpus: z
    .union([z.enum(["all", "none"]), z.int().min(1).max(64)], { error: 'must be "all", "none" or a number of GPUs' })
    .default("all")
    .describe(
      "GPUs of CUDA_VISIBLE_DEVICES, from 0 up: all that the guest has, a number of them, or none to leave it unset",
    ),
  socketInterface: z
    .union([z.enum(["defaultRoute", "none"]), z.string().regex(/^[^\s/]{1,15}$/)])
    .default("defaultRoute")
    .describe("Interface of NCCL_SOCKET_IFNAME: that of the default route, a name, or none to leave it unset"),
  persistent: z
    .boolean()
    .default(true)
    .describe("Whether the topology file is made again at each boot (tmpfiles.d); where it lies is emptied at boot"),
  defer,
  after: z
    .string()
    .optional()
    .describe(
      "Any value that changes when the guest has been started anew, such as a domain's startId: everything is then read and verified again",
    ),
});
export type NcclRuntimeInputs = z.infer<typeof ncclRuntimeInputs>;

export const ncclRuntimeOutputs = z.strictObject({
  ...ncclRuntimeInputs.shape,
  rdmaDevices: z.array(rdmaDevice).describe("Ports of the RDMA devices of the guest"),
  gpuAddresses: z.array(pciAddress).describe("NVIDIA GPUs of the guest, in bus order"),
  functions: z.record(pciAddress, z.string()).describe("PCI class of each function of the guest, by address"),
  networkInterfaces: z.array(z.string()).describe("Network interfaces of the guest"),
  defaultRoute: z.string().optional().describe("Interface of the default route"),
  init: z.enum(["systemd", "other"]).describe("What runs as process 1"),
  topologyDaemon: z
    .boolean()
    .describe("Whether NVIDIA's own nvidia-topologyd runs or starts at boot: it writes the topology file too"),
  overriding: z
    .array(z.string())
    .describe("NCCL variables that /etc/environment sets: a process's environment comes before /etc/nccl.conf"),
  damaged: z.array(z.string()).describe("Files that were changed or are missing since they were written"),
});
export type NcclRuntimeOutputs = z.infer<typeof ncclRuntimeOutputs>;
