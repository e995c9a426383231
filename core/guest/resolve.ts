import { isPlainObject } from "../diff/plain";
import { hasUnknown, Unknown } from "../diff/unknown";
import { isProfileSysctl } from "./profile";
import { resolveClocks } from "./resolve-gpus";
import { resolveInterfaces } from "./resolve-nics";
import { entriesOf } from "./selection";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";

/**
 * The inputs as this system takes them: the settings of each selected adapter and GPU in `interfaces` and `gpuClocks`, with
 * numbers for max, without what does not apply. Pure and idempotent; any wanted value may be unknown, and stays so.
 */
export function resolveSettings<Wanted extends TuningInputs>(observed: ObservedTuning, wanted: Wanted): Wanted {
  // Where it is not known yet which devices it is about, or what of them, no entry is.
  const unknown = new Unknown("object") as never;
  const isOpen = {
    nics: hasUnknown(wanted.nics) || isUnknown(wanted.nicSettings),
    gpus: hasUnknown(wanted.gpus) || isUnknown(wanted.gpuSettings),
  };
  const interfaces = isOpen.nics ? unknown : resolveInterfaces(observed, wanted);
  const gpuClocks = isOpen.gpus ? unknown : resolveClocks(observed, wanted);
  return {
    ...wanted,
    ...(isPlainObject(wanted.interfaces) ? { interfaces } : {}),
    ...(isPlainObject(wanted.gpuClocks) ? { gpuClocks } : {}),
    ...(isPlainObject(wanted.sysctls) ? { sysctls: resolveSysctls(observed, wanted) } : {}),
  };
}

const isUnknown = (value: unknown): boolean => value instanceof Unknown;

/** Those of the profile that this kernel lacks are left out; one that the user names is refused. */
function resolveSysctls(
  { missingSysctls }: ObservedTuning,
  { profile, sysctls }: TuningInputs,
): Record<string, string> {
  const there = entriesOf(sysctls).filter(
    ([name, value]) => !missingSysctls.includes(name) || !isProfileSysctl(profile, name, value),
  );
  return Object.fromEntries(there);
}
