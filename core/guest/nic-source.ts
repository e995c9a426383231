import { joinPath } from "../problems";
import { type NicSetting, resolveInterfaces } from "./resolve-nics";
import { entriesOf, fieldOf } from "./selection";
import type { AdapterFacts } from "./settings";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";

/** One adapter and what is wanted of it. */
export interface JudgedAdapter {
  readonly address: string;
  readonly facts: AdapterFacts;
  readonly observed: ObservedTuning;
  readonly wanted: TuningInputs;
  /** Whether the settings of all adapters are for this one. */
  readonly isSelected: boolean;
}

/** The input that asks for a value; `nics` stands for a setting of all adapters that this one was selected for. */
export function sourceOf(
  { address, wanted, isSelected, observed }: JudgedAdapter,
  name: NicSetting,
  value: unknown,
): string {
  const ownPath = joinPath(joinPath("interfaces", address), name);
  if (!isSelected) return ownPath;
  const own = entriesOf(wanted.interfaces).find(([one]) => one === address)?.[1];
  // What resolveSettings filled in equals the setting of all adapters, and is answered where the user wrote it.
  const general = resolveInterfaces(observed, { ...wanted, interfaces: {} })[address];
  const isOwn = fieldOf(own, name) !== undefined && !isSame(fieldOf(own, name), fieldOf(general, name));
  if (isOwn) return ownPath;
  return value === undefined ? "nics" : joinPath("nicSettings", name);
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Where an adapter is selected. */
export const nicsPath = ({ address, wanted: { nics } }: JudgedAdapter): string =>
  Array.isArray(nics) ? joinPath("nics", nics.indexOf(address)) : "nics";

/** An adapter as messages name it: by address and interfaces. */
export const nameOf = (address: string, facts: AdapterFacts | undefined): string =>
  facts === undefined || facts.interfaces.length === 0 ? address : `${address} (${facts.interfaces.join(", ")})`;
