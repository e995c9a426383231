import { waitingParameters } from "../../../core/nic/waiting";
import type { ResourceContext } from "../../protocol/definition";
import { lookAtAdapters } from "./look";

/** Firmware parameters of the host's adapters that wait for a boot, one line each. Nothing where it has no adapters. */
export async function nicParametersWaiting(context: Pick<ResourceContext, "machine" | "signal">): Promise<string[]> {
  return waitingParameters(await lookAtAdapters(context));
}
