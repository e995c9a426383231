import type { Json, JsonObject } from "../json";
import { isObject } from "../json";
import { type Message, message } from "./messages";
import { Refusal } from "./resource";

/** What is wrong with a value for the property of that name; null: nothing. */
export type Check = (value: Json, name: string) => Message | null;

export interface AcceptedPatch {
  readonly values: JsonObject;
  /** Messages on properties that were left out; the others are written all the same (DSP0266, "PATCH"). */
  readonly ignored: readonly Message[];
}

/** Sorts a PATCH's properties by what can be written. Nothing to write, or a wrong value, is refused as a whole. */
export function acceptPatch(body: JsonObject, writable: Readonly<Record<string, Check>>, at = "#"): AcceptedPatch {
  const named = Object.entries(body).filter(([name]) => !name.startsWith("@odata."));
  if (named.length === 0) throw new Refusal(400, [message("NoOperation")]);
  const problems: Message[] = [];
  const ignored: Message[] = [];
  const values: Record<string, Json> = {};
  for (const [name, value] of named) {
    const check = writable[name];
    if (!check) {
      ignored.push(message("PropertyNotWritable", [name], [`${at}/${name}`]));
      continue;
    }
    const problem = check(value, name);
    if (problem) problems.push(problem);
    else values[name] = value;
  }
  if (problems.length > 0 || Object.keys(values).length === 0) throw new Refusal(400, [...problems, ...ignored]);
  return { values, ignored };
}

const text = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));
const wrongType: Check = (value, name) => message("PropertyValueTypeError", [text(value), name], [`#/${name}`]);

export const isBoolean: Check = (value, name) => (typeof value === "boolean" ? null : wrongType(value, name));

export const isAnObject: Check = (value, name) => (isObject(value) ? null : wrongType(value, name));

export function isOneOf(allowed: readonly string[]): Check {
  return (value, name) => {
    if (typeof value !== "string") return wrongType(value, name);
    return allowed.includes(value) ? null : message("PropertyValueNotInList", [value, name], [`#/${name}`]);
  };
}

export function isIntegerWithin(least: number, most: number): Check {
  return (value, name) => {
    if (typeof value !== "number" || !Number.isInteger(value)) return wrongType(value, name);
    return value >= least && value <= most
      ? null
      : message("PropertyValueOutOfRange", [String(value), name], [`#/${name}`]);
  };
}

/** A text of that length. The value is not repeated: it may be a password. */
export function isText(least: number, most: number): Check {
  return (value, name) => {
    if (typeof value !== "string") return message("PropertyValueTypeError", ["***", name], [`#/${name}`]);
    return value.length >= least && value.length <= most
      ? null
      : message("PropertyValueFormatError", ["***", name], [`#/${name}`]);
  };
}
