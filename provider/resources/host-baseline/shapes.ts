import { z } from "zod";
import { baseline, bootEntry, hostFacts, identity } from "../../../core/baseline/model";

const bootOnDestroy = z
  .enum(["never"])
  .default("never")
  .describe(
    "Whether a delete boots the host, so that what the layers have put back takes effect. `never`: it lists what still waits for a boot",
  );

const systemUuid = z
  .string()
  // No z.uuid(): what vendors put there often keeps to no version of RFC 9562.
  .regex(
    /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/,
    "must be a UUID, such as 4c4c4544-0042-3510-8052-b4c04f4a4d32",
  )
  .optional()
  .describe("UUID that the system is to have; a host that answers with another one is refused");

export const hostBaselineInputs = z.strictObject({ bootOnDestroy, systemUuid });

export const hostBaselineOutputs = z.strictObject({
  bootOnDestroy,
  systemUuid,
  recorded: baseline.describe("The host as it was when this resource was created"),
  identity: identity.describe("Which machine answers now"),
  facts: hostFacts.describe("What it is made of now"),
  bootEntry: bootEntry.describe("What it has booted now"),
  bootId: z.string().describe("Id of the boot that the kernel made up; changes with each boot"),
});

export type HostBaselineInputs = z.output<typeof hostBaselineInputs>;
export type HostBaselineOutputs = z.output<typeof hostBaselineOutputs>;
