import { isPlainObject } from "../diff/plain";
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
  return {
    ...wanted,
    ...(isPlainObject(wanted.interfaces) ? { interfaces: resolveInterfaces(observed, wanted) } : {}),
    ...(isPlainObject(wanted.gpuClocks) ? { gpuClocks: resolveClocks(observed, wanted) } : {}),
    ...(isPlainObject(wanted.sysctls) ? { sysctls: resolveSysctls(observed, wanted) } : {}),
  };
}

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
