import { observedTuning } from "../../../core/guest/observed";
import { Refusal } from "../../../core/problems";
import type { ResourceContext } from "../../protocol/definition";
import { lookAtSystem } from "./look";
import type { GuestTuningInputs, GuestTuningOutputs } from "./shapes";

/** The only one of its kind on a machine. */
export const KEY = "system";

/**
 * The system as it is tuned now. Of kernel parameters those are asked for that are wanted or were; an import knows none.
 * @throws ReachError where it gives no answer that is understood
 */
export async function observeGuestTuning(
  context: ResourceContext,
  key: string,
  inputs?: GuestTuningInputs,
  known?: GuestTuningOutputs,
): Promise<GuestTuningOutputs> {
  if (key !== KEY) {
    const message = `"${key}" names no system; the id of a GuestTuning is HOST/guest-tuning/${KEY}`;
    throw new Refusal([{ path: "", message }]);
  }
  const isImport = inputs === undefined && known === undefined;
  const names = new Set([...Object.keys(inputs?.sysctls ?? {}), ...Object.keys(known?.sysctls ?? {})]);
  const question = { sysctls: [...names].sort() };
  const reading = await lookAtSystem(context, question);
  // What `kept` names comes from the layer.
  return observedTuning(reading, isImport ? undefined : question) as GuestTuningOutputs;
}
