import { isPlainObject } from "../diff/plain";
import { entriesOf, fieldOf, selectedGpus } from "./selection";
import { type GpuFacts, type GpuSetting, type GpuSettings, gpuSettings } from "./settings";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";

export const GPU_SETTINGS = Object.keys(gpuSettings.shape) as GpuSetting[];

/** Entries of `gpuClocks` for the selected GPUs, beside those that the user names, without what a card does not support. */
export function resolveClocks(observed: ObservedTuning, wanted: TuningInputs): Record<string, GpuSettings> {
  const selected = selectedGpus(observed, wanted);
  const named = new Map(entriesOf(wanted.gpuClocks));
  const resolved = [...new Set([...selected, ...named.keys()])].sort().map((address) => {
    const [own, facts] = [named.get(address), observed.cards[address]];
    if (facts === undefined || (own !== undefined && !isPlainObject(own))) return [address, own];
    const general = selected.includes(address) ? wanted.gpuSettings : undefined;
    const values = GPU_SETTINGS.flatMap((name) => {
      if (Object.hasOwn(facts.unsupported, name)) return [];
      // What is named for this card is refused where it has no number, and must not vanish before.
      const value = inNumbers(name, fieldOf(own, name) ?? fieldOf(general, name), facts) ?? fieldOf(own, name);
      return value === undefined ? [] : [[name, value]];
    });
    return [address, Object.fromEntries(values)];
  });
  return Object.fromEntries(resolved);
}

/** A setting with the card's highest clocks for max; undefined where it reports none. */
function inNumbers(name: GpuSetting, value: unknown, { maxMemoryClock, maxGraphicsClock }: GpuFacts): unknown {
  if (value !== "max") return value;
  if (name === "lockedGpuClock") return maxGraphicsClock;
  if (name === "lockedMemoryClock") return maxMemoryClock;
  const hasBoth = maxMemoryClock !== undefined && maxGraphicsClock !== undefined;
  return hasBoth ? `${maxMemoryClock},${maxGraphicsClock}` : undefined;
}
