import type { Change } from "../../diff/field-diff";
import { valueAt } from "../../diff/merge";
import { formatPath, isAtOrBelow, overlaps } from "../../diff/path";
import { isPlainObject } from "../../diff/plain";
import { type Setting, type SettingMaps, settingsOf, valueText } from "./setting";

/** One change of a live value, and what undoes it; values as `set_setting` takes them. */
export interface LiveStep extends Pick<Setting, "kind" | "address" | "name"> {
  /** Property path, for messages. */
  readonly path: string;
  readonly value: string;
  readonly before: string;
}

/** What is to be set now: the settings that the changes touch, and nothing else. */
export function liveSteps(target: SettingMaps, observed: SettingMaps, changes: readonly Change[]): LiveStep[] {
  return settingsOf(target, observed).flatMap((setting): LiveStep[] => {
    const own = changes.filter(({ keys }) => overlaps(keys, setting.keys));
    if (own.length === 0) return [];
    const { keys, kind, address, name } = setting;
    const [to, from] = [valueAt(target, keys), valueAt(observed, keys)];
    const { value, before } =
      name === "dscpPriorities" ? dscpTexts(setting, to, from, own) : { value: valueText(to), before: valueText(from) };
    // What has no value to be given back stays; a GPU alone can be told to go without.
    if (value === before || (value === "-" && kind !== "gpu")) return [];
    return [{ path: formatPath(keys), kind, address, name, value, before }];
  });
}

/**
 * Mappings of DSCPs are set one by one: `26=3` sets, `26!3` takes away. Those that nothing changes are left out, for an
 * adapter has all 64.
 */
function dscpTexts(
  { keys }: Setting,
  to: unknown,
  from: unknown,
  changes: readonly Change[],
): { value: string; before: string } {
  const [wanted, found] = [isPlainObject(to) ? to : {}, isPlainObject(from) ? from : {}];
  const [value, before]: [string[], string[]] = [[], []];
  const dscps = [...new Set([...Object.keys(wanted), ...Object.keys(found)])].sort((a, b) => Number(a) - Number(b));
  for (const dscp of dscps) {
    const [next, now] = [wanted[dscp], found[dscp]];
    const isTouched = changes.some((change) => isAtOrBelow([...keys, dscp], change.keys));
    if (next === now || !isTouched) continue;
    value.push(next === undefined ? `${dscp}!${now}` : `${dscp}=${next}`);
    before.push(now === undefined ? `${dscp}!${next}` : `${dscp}=${now}`);
  }
  return { value: value.join(",") || "-", before: before.join(",") || "-" };
}
