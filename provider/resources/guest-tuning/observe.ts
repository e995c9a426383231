import { isPlainObject } from "../../../core/diff/plain";
import type { TuningQuestion } from "../../../core/guest/observe-script";
import { observedTuning } from "../../../core/guest/observed";
import { QOS_SETTINGS } from "../../../core/guest/resolve-nics";
import { entriesOf } from "../../../core/guest/selection";
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
  const question = questionOf(inputs, known);
  const reading = await lookAtSystem(context, question);
  // What `kept` names comes from the layer.
  return observedTuning(reading, isImport ? undefined : question) as GuestTuningOutputs;
}

/** What was set must be seen also where it is no longer asked for: it is to be given back. Any input may be unknown. */
function questionOf(inputs: GuestTuningInputs | undefined, known: GuestTuningOutputs | undefined): TuningQuestion {
  const both = [inputs, known].filter((one) => one !== undefined);
  const sysctls = new Set(both.flatMap((one) => entriesOf(one.sysctls).map(([name]) => name)));
  const hasClocks = both.some(({ gpuClocks }) => !isPlainObject(gpuClocks) || Object.keys(gpuClocks).length > 0);
  const adapters = both.flatMap(({ nicSettings, interfaces }) => [
    nicSettings,
    ...(isPlainObject(interfaces) ? Object.values(interfaces) : [interfaces]),
  ]);
  return {
    sysctls: [...sysctls].sort(),
    gpus: (inputs ?? known)?.gpus !== "none" || hasClocks,
    qos: adapters.some((own) => !isPlainObject(own) || QOS_SETTINGS.some((name) => Object.hasOwn(own, name))),
  };
}
