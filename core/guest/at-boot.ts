import { valueAt } from "../diff/merge";
import { formatPath } from "../diff/path";
import { hasUnknown } from "../diff/unknown";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";
import { persistedSettings } from "./write/persisted";
import { valueText } from "./write/setting";

const MAPS = { interface: "interfaces", gpu: "gpuClocks" } as const;

/** Values by property path, of lines `KIND ADDRESS SETTING VALUE` and of lines `NAME = VALUE` of kernel parameters. */
export function settingsAtBoot(settings: readonly string[], sysctls: readonly string[]): Record<string, string> {
  const devices = settings.flatMap((line) => {
    const [kind = "", address = "", name = "", ...value] = line.trim().split(" ");
    if (kind !== "interface" && kind !== "gpu") return [];
    return [[formatPath([MAPS[kind], address, name]), value.join(" ")]];
  });
  const parameters = sysctls.flatMap((line) => {
    const at = line.indexOf(" = ");
    return at < 0 ? [] : [[formatPath(["sysctls", line.slice(0, at)]), line.slice(at + 3).trim()]];
  });
  return Object.fromEntries([...parameters, ...devices]);
}

/**
 * Whether the next boot would make other settings than are wanted, where the values in force tell nothing of it: somebody
 * had set them already. `wanted` is resolved, and may hold unknowns.
 */
export function isStaleAtBoot(observed: ObservedTuning, wanted: TuningInputs): boolean {
  // Where the files are harmed, or not wanted, `persistent` says so.
  if (wanted.persistent !== true || !observed.persistent || hasUnknown(wanted)) return false;
  const left = new Set(Object.keys(observed.atBoot));
  for (const { keys, value } of persistedSettings(wanted, [])) {
    const path = formatPath(keys);
    left.delete(path);
    const isInForce = valueText(valueAt(observed, keys)) === value;
    if (isInForce && observed.atBoot[path] !== value) return true;
  }
  // What a card does not support stands in the files all the same: it is tried at each boot.
  for (const [address, { unsupported }] of Object.entries(observed.cards)) {
    for (const name of Object.keys(unsupported)) left.delete(formatPath(["gpuClocks", address, name]));
  }
  return left.size > 0;
}
