import { valueIn } from "../../../core/bios/next-values";
import { attributesOf, type WantedSettings } from "../../../core/bios/plan-writes";
import type { Change } from "../../../core/diff/field-diff";
import { overlaps } from "../../../core/diff/path";
import { knownWanted } from "./judge";
import type { Look } from "./looks";
import type { BiosInputs } from "./shapes";

const NOTHING: WantedSettings = { intents: {}, attributes: {} };
const FIELDS = ["intents", "attributes"] as const;
type Field = (typeof FIELDS)[number];
type Value = string | number | boolean;

/**
 * What the changes cover, by where its values come from: the program, or what was before. What was before yields to all
 * that the program still asks of the same attribute, also where that is no change.
 */
export function splitWrites(
  { resolutions, wanted }: Pick<Look, "resolutions" | "wanted">,
  target: BiosInputs,
  changes: readonly Change[],
): { readonly asked: WantedSettings; readonly restored: WantedSettings } {
  const then = knownWanted(target);
  const isChanged = (field: Field, name: string) => changes.some(({ keys }) => overlaps(keys, [field, name]));
  const isAsked = (field: Field, name: string) => valueIn(wanted[field], name) === valueIn(then[field], name);
  // An update writes what the program asks for as it asks for it; a delete takes just that back.
  const isGivenUp = FIELDS.some((field) =>
    Object.keys(wanted[field]).some((name) => isChanged(field, name) && !isAsked(field, name)),
  );
  const kept = attributesOf(resolutions, isGivenUp ? NOTHING : wanted);
  const isFree = (field: Field, name: string) =>
    [...attributesOf(resolutions, { ...NOTHING, [field]: { [name]: true } })].every((one) => !kept.has(one));
  return {
    asked: entriesWhere(then, (field, name) => isChanged(field, name) && isAsked(field, name)),
    restored: entriesWhere(
      then,
      (field, name) => isChanged(field, name) && !isAsked(field, name) && isFree(field, name),
    ),
  };
}

/** What an update makes otherwise than it was observed. */
export function differing(target: BiosInputs, observed: Pick<BiosInputs, Field>): WantedSettings {
  const now = knownWanted(observed);
  const then = knownWanted(target);
  return entriesWhere(then, (field, name) => valueIn(then[field], name) !== valueIn(now[field], name));
}

function entriesWhere(settings: WantedSettings, holds: (field: Field, name: string) => boolean): WantedSettings {
  const only = (field: Field): Record<string, Value> =>
    Object.fromEntries(
      Object.entries<Value>(settings[field] as Record<string, Value>).filter(([name]) => holds(field, name)),
    );
  return { intents: only("intents"), attributes: only("attributes") };
}
