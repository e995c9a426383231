import { formatPath, type Keys } from "../../core/diff/path";
import { isPlainObject, type PlainObject, setKey } from "../../core/diff/plain";
import { hasUnknown, Unknown, type UnknownType } from "../../core/diff/unknown";
import { type Problem, Refusal } from "../../core/problems";
import { SpecialValue } from "./decode";
import { problemsOf, wording } from "./issues";
import { unknownSentinels } from "./sentinels";
import type { AnySchema } from "./zod-schema";

/** Inputs with defaults filled in, and everything that is wrong with them. */
export interface Checked {
  readonly inputs: PlainObject;
  readonly problems: readonly Problem[];
}

/** Holds an input against its schema. Unknown values pass anything. Never throws for what the input holds. */
export function checkShape(schema: AnySchema, input: PlainObject): Checked {
  const misplaced = findSpecials(input, []);
  if (misplaced.length > 0) return { inputs: input, problems: misplaced };
  // `run` is parse without the throw: it gives the value with its defaults even where there are issues, which a
  // preview with unknowns needs.
  const isKnown = !hasUnknown(input);
  const run = { value: isKnown ? input : hideUnknowns(input), issues: [] };
  const result = schema._zod.run(run, { async: false, error: wording });
  if (result instanceof Promise) throw new TypeError("a schema with asynchronous checks cannot be used here");
  const value = isKnown ? result.value : showUnknowns(result.value);
  const inputs = isPlainObject(value) ? value : input;
  return { inputs, problems: problemsOf(result.issues, input) };
}

/**
 * Runs a definition's own check where its fields are known: it gets the fields without unknowns, and runs when all of
 * `needs` (without `needs`: all fields) are among them. A Refusal that it throws counts as its problems.
 */
export function checkBeyondShape(
  check: ((inputs: never) => Problem[]) | undefined,
  needs: readonly string[] | undefined,
  inputs: PlainObject,
): readonly Problem[] {
  const known = knownFields(inputs, needs);
  if (!check || !known) return [];
  try {
    return check(known as never);
  } catch (error) {
    if (error instanceof Refusal) return error.problems;
    throw error;
  }
}

/** The fields without unknowns, or undefined when one of the needed ones holds an unknown. */
export function knownFields(inputs: PlainObject, needs: readonly string[] | undefined): PlainObject | undefined {
  const entries = Object.entries(inputs);
  const known = entries.filter(([, value]) => !hasUnknown(value));
  const missing =
    entries.length > known.length &&
    entries.some(([key, value]) => (!needs || needs.includes(key)) && hasUnknown(value));
  return missing ? undefined : Object.fromEntries(known);
}

/** No schema here takes assets, archives or resources, and zod would report their inner fields. */
function findSpecials(value: unknown, keys: Keys): Problem[] {
  if (value instanceof SpecialValue) {
    return [{ path: formatPath(keys), message: "Assets, archives and resources cannot be used here." }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => findSpecials(item, [...keys, index]));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => findSpecials(item, [...keys, key]));
}

/** Unknowns stand as symbols while zod looks: an object schema would take an instance for an object without fields. */
const symbols = new Map<unknown, Unknown>();
const symbolOf = new Map<UnknownType, symbol>();
for (const type of Object.keys(unknownSentinels) as UnknownType[]) {
  const symbol = Symbol(type);
  symbols.set(symbol, new Unknown(type));
  symbolOf.set(type, symbol);
}

const hideUnknowns = (value: unknown) =>
  mapLeaves(value, (leaf) => (leaf instanceof Unknown ? symbolOf.get(leaf.type) : leaf));
const showUnknowns = (value: unknown) => mapLeaves(value, (leaf) => symbols.get(leaf) ?? leaf);

function mapLeaves(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, change));
  if (!isPlainObject(value)) return change(value);
  const result: PlainObject = {};
  for (const key of Object.keys(value)) setKey(result, key, mapLeaves(value[key], change));
  return result;
}
