import { z } from "zod";
import { domainShape } from "../../../core/domain/document";
import { maintenancePolicies } from "../../../core/domain/xml/metadata";
import { hostTopology, pciAddress } from "../../../core/topology/model";

export const domainInputs = z.strictObject({
  ...domainShape,
  running: z.boolean().default(true).describe("Whether the domain is to run"),
  restart: z
    .enum(["defer", "graceful"])
    .default("defer")
    .describe(
      "What a change means for a running domain: defer leaves it running until its next start and lists the change in pendingRestart; graceful shuts it down and starts it again",
    ),
  maintenance: z
    .enum(maintenancePolicies)
    .default("refuse")
    .describe(
      "What a maintenance of the host (a reboot for BIOS, firmware or kernel) may do with the domain while it runs: refuse, then the host is not rebooted; shutdown, then the domain is shut down before and started again after. It is recorded in the domain's metadata",
    ),
  stopTimeoutSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(120)
    .describe("How long the guest gets to shut down before it is powered off, in seconds"),
  verifyGuest: z
    .boolean()
    .default(false)
    .describe(
      "Whether the guest's own PCI tree and NUMA nodes are read through the guest agent and compared with the plan",
    ),
  verifyTimeoutSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(300)
    .describe("How long to wait for the guest agent when verifying, in seconds"),
  expectedDevices: z
    .record(
      pciAddress,
      z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/, "must be a vendor and device id like 10de:2330, in lower case"),
    )
    .default({})
    .describe(
      "Vendor and device id that each passed-through function must have; another device at the address is refused",
    ),
  notChecked: z
    .array(z.string())
    .default([])
    .describe("Checks that the plan could not make for lack of facts; while there are any, host devices are refused"),
});
export type DomainInputs = z.infer<typeof domainInputs>;

export const domainOutputs = z.strictObject({
  ...domainInputs.shape,
  uuid: z.uuid().describe("UUID of the domain"),
  machineType: z.string().describe("Canonical machine type that libvirt chose, such as pc-q35-7.2"),
  state: z.enum(["running", "paused", "shut off"]).describe("State of the domain: running, paused or shut off"),
  startId: z
    .string()
    .optional()
    .describe(
      "Names one start of the domain: a new value at each start, the same for as long as the domain runs, also when libvirtd restarts; absent while it does not run. Made of the host's boot id, libvirt's id of the domain and the start time of its QEMU process. A new value alone is no change of the resource",
    ),
  owner: z.string().optional().describe("Pulumi stack that the domain belongs to: project/stack"),
  ownerUrn: z.string().optional().describe("URN of the resource that the domain belongs to"),
  ownerClaim: z
    .string()
    .optional()
    .describe("Drawn by the create that the domain belongs to; tells resources of one domain apart after a rename"),
  pendingRestart: z
    .array(z.string())
    .describe("Paths at which the running guest differs from its definition until its next start"),
  guestAddresses: z.record(pciAddress, pciAddress).describe("Guest address of each passed-through function"),
  guestTopology: hostTopology
    .optional()
    .describe("The guest's own PCI tree and NUMA nodes, as read when last verified"),
});
export type DomainOutputs = z.infer<typeof domainOutputs>;
