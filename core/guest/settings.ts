import { z } from "zod";
import { pciAddress } from "../topology/model";

/**
 * What can be set of a guest's adapters and GPUs, field by field. The same shapes say what is wanted and what was read: where
 * `max` stands for what the device reports, `resolveSettings` puts the number in its place before the two are compared.
 */

/** A size that the device reports a maximum of. */
const ring = (what: string) =>
  z
    .union([z.literal("max"), z.int().min(1).max(65_536)], { error: 'must be "max" or a number of descriptors' })
    .optional()
    .describe(`${what} ring in descriptors; max is what the adapter reports, 8192 at most`);

/** PCI Express Base Specification, Device Control register: Max_Read_Request_Size. */
export const READ_REQUEST_SIZES = [128, 256, 512, 1024, 2048, 4096];

export const nicSettings = z
  .strictObject({
    mtu: z.int().min(68).max(65_520).optional().describe("MTU in bytes"),
    txQueueLength: z.int().min(0).max(1_000_000).optional().describe("Length of the transmit queue in packets"),
    rxRing: ring("Receive"),
    txRing: ring("Transmit"),
    maxReadRequest: z
      .int()
      .refine((size) => READ_REQUEST_SIZES.includes(size), `must be one of ${READ_REQUEST_SIZES.join(", ")}`)
      .optional()
      .describe("PCI Express MaxReadReq of the adapter in bytes: 128, 256, 512, 1024, 2048 or 4096"),
    trust: z
      .enum(["pcp", "dscp"])
      .optional()
      .describe("RoCE QoS: what decides a packet's priority, pcp (VLAN tag) or dscp (IP header)"),
    pfcPriorities: z
      .array(z.int().min(0).max(7))
      .refine((list) => list.every((one, index) => index === 0 || one > (list[index - 1] as number)), {
        message: "must name each priority once, in ascending order",
      })
      .optional()
      .describe("RoCE QoS: priorities 0-7 that priority flow control pauses alone, in ascending order"),
    dscpPriorities: z
      .record(z.string().regex(/^([0-9]|[1-5][0-9]|6[0-3])$/, "must be a DSCP of 0 to 63"), z.int().min(0).max(7))
      .optional()
      .describe("RoCE QoS: priority 0-7 by DSCP 0-63"),
  })
  .meta({ id: "NicSettings", description: "Settings of a network adapter and its interface" });
export type NicSettings = z.infer<typeof nicSettings>;

const clock = (what: string) =>
  z
    .union([z.literal("max"), z.int().min(1).max(100_000)], { error: 'must be "max" or a clock in MHz' })
    .optional()
    .describe(`${what} in MHz, minimum and maximum alike; max is the highest that the card supports`);

export const gpuSettings = z
  .strictObject({
    persistence: z.boolean().optional().describe("Persistence mode (nvidia-smi -pm)"),
    applicationClocks: z
      .union([z.literal("max"), z.string().regex(/^\d{1,5},\d{1,5}$/)], {
        error: 'must be "max" or MEMORY,GRAPHICS in MHz, such as "1593,1410"',
      })
      .optional()
      .describe("Application clocks MEMORY,GRAPHICS in MHz (nvidia-smi -ac); max is the highest pair of the card"),
    lockedGpuClock: clock("Locked graphics clock (nvidia-smi -lgc)"),
    lockedMemoryClock: clock("Locked memory clock (nvidia-smi -lmc)"),
    cudaClocks: z
      .boolean()
      .optional()
      .describe("Whether the default clocks of CUDA are overridden, so that application clocks hold (nvidia-smi -cc)"),
  })
  .meta({ id: "GpuSettings", description: "Settings of an NVIDIA GPU" });
export type GpuSettings = z.infer<typeof gpuSettings>;

/** Name of a setting of a GPU. */
export type GpuSetting = keyof GpuSettings;

/** Who configures an interface at boot and when its link comes and goes. */
export const networkOwners = ["networkd", "NetworkManager", "ifupdown", "none"] as const;
export type NetworkOwner = (typeof networkOwners)[number];

export const adapterFacts = z
  .strictObject({
    interfaces: z.array(z.string()).describe("Names of its network interfaces"),
    linkLayer: z
      .enum(["ethernet", "infiniband", "none"])
      .describe("ethernet or infiniband; none where no driver has made an interface of it"),
    driver: z.string().optional().describe("Kernel driver"),
    rdmaDevices: z.array(z.string()).describe("RDMA devices such as mlx5_0"),
    rxRingMax: z.int().optional().describe("Largest receive ring; absent where the driver has no ring sizes"),
    txRingMax: z.int().optional().describe("Largest transmit ring; absent where the driver has no ring sizes"),
    mtuMax: z.int().optional().describe("Largest MTU that its interface takes, where the system tells"),
    noReadRequest: z
      .string()
      .optional()
      .describe("Why it has no MaxReadReq that can be read or set; absent where it has one"),
    owner: z
      .enum(networkOwners)
      .describe("Who configures its interface: networkd (also what netplan renders for it), NetworkManager, ifupdown"),
    ownerProfile: z
      .string()
      .optional()
      .describe(
        "What the owner configures the interface by: path of the .network file in force, UUID of NetworkManager's connection, file of the ifupdown stanza",
      ),
    netplan: z.string().optional().describe("Netplan's name of the interface, where netplan renders the configuration"),
    bond: z.string().optional().describe("Bond that its interface is a port of"),
    bondMtu: z.int().optional().describe("MTU of that bond"),
    carriesRoute: z
      .boolean()
      .describe("Whether the default route or the SSH connection of this session goes by its interface"),
  })
  .meta({ id: "AdapterFacts", description: "A network adapter as the system has it" });
export type AdapterFacts = z.infer<typeof adapterFacts>;

export const gpuFacts = z
  .strictObject({
    name: z.string().describe("Product name"),
    driverVersion: z.string().describe("Version of the NVIDIA driver"),
    index: z.int().min(0).describe("Number that nvidia-smi and CUDA (by PCI order) give it"),
    maxMemoryClock: z.int().optional().describe("Highest supported memory clock in MHz"),
    maxGraphicsClock: z.int().optional().describe("Highest supported graphics clock at that memory clock in MHz"),
    supportedClocks: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        "Supported graphics clocks by memory clock, in MHz: 1410-210/15 is from 1410 down to 210 in steps of 15",
      ),
    unsupported: z
      .record(z.string(), z.string())
      .describe("Settings that the card or its driver does not support, and why"),
  })
  .meta({ id: "GpuFacts", description: "An NVIDIA GPU as its driver reports it" });
export type GpuFacts = z.infer<typeof gpuFacts>;

export const gpuDirectReport = z
  .strictObject({
    driver: z.string().optional().describe("Version of the loaded NVIDIA kernel driver; absent where none is loaded"),
    peerMemory: z
      .enum(["nvidia-peermem", "dma-buf", "none"])
      .describe(
        "How NICs get at GPU memory: nvidia-peermem, dma-buf (open kernel modules on Linux 5.12 or newer), or not at all",
      ),
    fabricManager: z
      .enum(["running", "stopped", "missing", "not needed"])
      .describe("NVIDIA Fabric Manager, which a system with NVSwitches needs"),
    fabricManagerVersion: z.string().optional().describe("Version of Fabric Manager; must equal the driver's"),
    memlockKiB: z
      .union([z.literal("unlimited"), z.int().min(0)])
      .describe("Limit of locked memory of a login session in KiB: RDMA needs unlimited"),
    problems: z
      .array(z.string())
      .describe("What stands in the way of GPUDirect RDMA, and what to do; empty for nothing"),
  })
  .meta({ id: "GpuDirectReport", description: "What GPUDirect RDMA needs of the system besides settings" });
export type GpuDirectReport = z.infer<typeof gpuDirectReport>;

export const adapterAddresses = z.array(pciAddress);
