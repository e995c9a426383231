import type { Change } from "../../diff/field-diff";
import { valueAt } from "../../diff/merge";
import { isAtOrBelow } from "../../diff/path";
import { isPlainObject } from "../../diff/plain";
import { type Setting, type SettingMaps, settingsOf, valueText } from "./setting";

/** A setting that is to be made again at each boot. */
export interface PersistedSetting extends Setting {
  readonly value: string;
}

/** The settings that are wanted now: one that was just given back is left to the system from now on. */
export function persistedSettings(wanted: SettingMaps, changes: readonly Change[]): PersistedSetting[] {
  const givenBack = changes.filter(({ kind }) => kind === "delete").map(({ keys }) => keys);
  return settingsOf(wanted)
    .filter(({ keys }) => !givenBack.some((gone) => isAtOrBelow(keys, gone)))
    .map((setting) => ({ ...setting, value: valueText(withoutGone(setting, wanted, givenBack)) }))
    .filter(({ value }) => value !== "-");
}

/**
 * Of mappings of DSCPs single ones may have been given back, and those are left out that an adapter starts with: the upper
 * three bits of a DSCP are its priority (RFC 2474, 4.2.2.1; linux mlx5 en_dcbnl.c).
 */
function withoutGone({ keys }: Setting, wanted: SettingMaps, givenBack: readonly Change["keys"][]): unknown {
  const value = valueAt(wanted, keys);
  if (!isPlainObject(value)) return value;
  const isGone = (dscp: string) => givenBack.some((gone) => isAtOrBelow([...keys, dscp], gone));
  return Object.fromEntries(
    Object.entries(value).filter(([dscp, priority]) => !isGone(dscp) && priority !== Number(dscp) >> 3),
  );
}
