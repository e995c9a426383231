import { z } from "zod";
import { domainName } from "../../core/domain/document";
import { machineName } from "../protocol/machine-fields";
import { bmcAccess } from "./bmc-shape";
import { problemIf } from "./refine";
import { sshAccess } from "./ssh-shape";

export const guestAgentAccess = z
  .strictObject({
    host: machineName.describe("Name of the machine that the guest runs on: one of `hosts`, or `local`"),
    domain: domainName.describe("Name of the guest's libvirt domain on that machine"),
  })
  .meta({
    id: "GuestAgentAccess",
    description: "A guest that is reached through the QEMU guest agent, by way of its host",
  });

const ways = {
  ssh: sshAccess.optional().describe("How ssh gets to the machine"),
  guestAgent: guestAgentAccess
    .optional()
    .describe("How the guest agent of a virtual machine is reached, instead of ssh"),
};

const libvirtUri = z
  .string()
  .max(1024)
  .regex(/^[a-z][a-z0-9+.-]*:\/\/[^\s\p{Cc}]*$/u, 'must be a libvirt URI such as "qemu:///system"')
  .optional()
  .describe(
    "libvirt connection that `virsh` uses on the machine; its `LIBVIRT_DEFAULT_URI` when absent, else `qemu:///system`",
  );

const bmc = bmcAccess
  .optional()
  .describe("The machine's BMC: for BIOS settings, and for what is to be done while its system is down");

export const host = z
  .strictObject({ ...ways, bmc, libvirtUri })
  .meta({ id: "Host", description: "A machine, and how it is reached: by ssh or by guestAgent" });

/** Name of the machine that the provider runs on. */
export const LOCAL = "local";

const stackName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_.-]{1,100}$/, 'must be a stack as "project/stack"');

/** The provider's configuration. */
export const configuration = z.strictObject({
  hosts: z
    .record(machineName, host)
    .default({})
    .describe("Machines by name. Ids begin with the name, so it must stay; addresses and passwords may change"),
  takeOverFrom: z
    .array(stackName)
    .default([])
    .describe("Stacks, as `project/stack`, whose things on the machines this stack may take over"),
});

/** How a machine is reached. */
export const access = z.strictObject({ ...ways, bmc, libvirtUri });
export type Access = z.output<typeof access>;

/** The input `connection` of a resource. */
export const connection = access
  .superRefine(problemIf(({ ssh, guestAgent }) => waysProblem(ssh !== undefined, guestAgent !== undefined)))
  .meta({ id: "Connection", description: "How a machine is reached: by ssh or by guestAgent" });

/** What is wrong with how a machine is reached, by which ways are given. */
export function waysProblem(ssh: boolean, guestAgent: boolean): string | undefined {
  if (ssh && guestAgent) return "has both ssh and guestAgent; keep the one that the machine is to be reached by";
  return ssh || guestAgent ? undefined : "needs ssh or guestAgent: how the machine is reached";
}
