import { z } from "zod";
import { domainDocument } from "../../core/domain/document";
import { planGuest as plan } from "../../core/plan/plan-guest";
import { guestRequestShape } from "../../core/plan/request";
import { hostTopology, pciAddress } from "../../core/topology/model";
import type { FunctionDefinition } from "../protocol/definition";

const inputs = z.strictObject({ topology: hostTopology, ...guestRequestShape });
const outputs = z.strictObject({
  domain: domainDocument.meta({ id: "DomainDocument", description: "A libvirt domain as a document" }),
  guestAddresses: z.record(pciAddress, pciAddress).describe("Guest address of each passed-through function"),
  expectedDevices: z
    .record(pciAddress, z.string())
    .describe("Vendor and device id (10de:2330) of each function that is passed through for real"),
  ncclTopology: z
    .string()
    .describe(
      "NCCL topology file of the guest: its switches, GPUs and NICs at their guest addresses, with the host's real link speeds. In a rehearsal, too, it is that of the real devices",
    ),
  rails: z
    .array(pciAddress)
    .describe("Guest addresses of the NICs in rail order: rail n is the n-th NIC by host address"),
  warnings: z.array(z.string()).describe("What a user should know of the plan"),
  defaults: z.array(z.string()).describe("Facts that neither host nor request had, and what stands in for them"),
  notChecked: z.array(z.string()).describe("Checks that need facts which the host does not have"),
  omitted: z.array(z.string()).describe("What a rehearsal leaves out of the domain"),
});

export const planGuest: FunctionDefinition<z.infer<typeof inputs>, z.infer<typeof outputs>> = {
  token: "gpudirect:index:planGuest",
  description:
    "Plans a guest for a host: which GPUs and NICs, in which PCI tree, on which NUMA cells. Nothing is touched; the same host and request give the same plan.",
  inputs,
  outputs,
  run: async (_context, { topology, ...request }) => plan(topology, request),
};
