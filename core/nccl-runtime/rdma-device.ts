import { z } from "zod";
import { pciAddress } from "../topology/model";

const gid = z
  .strictObject({
    gid: z
      .string()
      .describe("The GID as the kernel prints it: eight groups of four digits; IPv4 as ...:ffff:0a00:0001"),
    type: z.string().describe("RoCE v2, or IB/RoCE v1; empty where the kernel tells none"),
    interface: z.string().optional().describe("Network interface whose address it is; absent on InfiniBand"),
  })
  .meta({ id: "RdmaGid", description: "An address of an RDMA port" });

export const rdmaDevice = z
  .strictObject({
    name: z.string().describe("RDMA device such as mlx5_0"),
    address: pciAddress.optional().describe("PCI address; absent where the device is none of a PCI function"),
    port: z.int().min(1).describe("Port of the device"),
    linkLayer: z.enum(["ethernet", "infiniband"]).describe("ethernet (RoCE) or infiniband"),
    state: z.string().describe("State of the port, such as ACTIVE or DOWN"),
    interfaces: z.array(z.string()).describe("Network interfaces of the port"),
    gids: z.record(z.string(), gid).describe("GIDs that are set, by index"),
    pkeys: z.array(z.string()).optional().describe("Partition keys that are set, of an InfiniBand port"),
    subnetManager: z.boolean().optional().describe("Whether a subnet manager has configured the InfiniBand port"),
  })
  .meta({ id: "RdmaDevice", description: "A port of an RDMA device of the guest" });
export type RdmaDevice = z.infer<typeof rdmaDevice>;
