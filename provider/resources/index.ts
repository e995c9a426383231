import type { AnyResourceDefinition } from "../protocol/definition";
import { biosDefinition } from "./bios/definition";
import { domainDefinition } from "./domain/definition";
import { guestTuningDefinition } from "./guest-tuning/definition";
import { hostBaselineDefinition } from "./host-baseline/definition";
import { ncclRuntimeDefinition } from "./nccl-runtime/definition";
import { nicFirmwareDefinition } from "./nic-firmware/definition";

/** Every resource of the provider, from the host's lowest layer up. */
export const resources: AnyResourceDefinition[] = [
  hostBaselineDefinition,
  biosDefinition,
  nicFirmwareDefinition,
  domainDefinition,
  guestTuningDefinition,
  ncclRuntimeDefinition,
];
