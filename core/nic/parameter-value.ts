import type { KnownParameter } from "./known-parameters";

/** What a user may write. */
export type WrittenValue = number | string | boolean;
/** What is kept: numbers, whatever a value is called. A string only where nobody knows the number of a name. */
export type ParameterValue = number | string;
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** In 32 bits mlxconfig keeps it for "not known" (mstflint, mlxconfig/mlxcfg_utils.h). */
const RESERVED = 0xffff_ffff;

/**
 * The one form of a value: `true`, "True" and 1 are 1, "SECURE_NONE" is 1, "0x10" is 16. A name stays as it is where
 * the parameter is not known, and so does what is wrong: `valueProblem` tells.
 */
export function normalValue(value: WrittenValue, parameter: KnownParameter | undefined): ParameterValue {
  if (typeof value === "number") return value;
  const number = typeof value === "boolean" ? Number(value) : namedNumber(value, parameter);
  return number ?? String(value);
}

/** What is wrong with a value in its normal form, and what to write; undefined where it can be set. */
export function valueProblem(value: ParameterValue, parameter: KnownParameter): string | undefined {
  const { values, bits, minimum = 0, maximum = 2 ** bits - 1 } = parameter;
  if (values.size > 0) {
    if ([...values.values()].some((number) => number === value)) return undefined;
    return `${shown(value)} is none of its values; give one of ${[...values].map(([name, n]) => `${name} (${n})`).join(", ")}`;
  }
  if (typeof value === "string" || !Number.isInteger(value)) {
    return `${shown(value)} is no whole number; give one from ${minimum} to ${maximum}`;
  }
  if (value < minimum || value > maximum) {
    return `${value} is out of its limits; give a number from ${minimum} to ${maximum}`;
  }
  return bits === 32 && value === RESERVED ? `${value} is kept for "not known"; give another number` : undefined;
}

/**
 * A value as the tool's argument. mlxconfig reads binary values as hexadecimal (mlxcfg_param.cpp, parseValue), all others
 * with or without 0x.
 */
export function argumentOf(value: ParameterValue, parameter: KnownParameter | undefined): string {
  if (typeof value === "string") return value;
  const isDecimal = parameter !== undefined && parameter.kind !== "bin";
  return isDecimal ? String(value) : `0x${value.toString(16)}`;
}

/** The number that a text means, as a number or by name; undefined where it means none. */
function namedNumber(text: string, parameter: KnownParameter | undefined): number | undefined {
  // mlxconfig takes a leading zero for octal, and digits of a binary value for hexadecimal: neither is guessed.
  if (/^0x[0-9a-f]{1,8}$/i.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^(0|[1-9]\d{0,9})$/.test(text)) return parameter?.kind === "bin" && text !== "0" ? undefined : Number(text);
  const named = [...(parameter?.values ?? [])].find(([name]) => name.toLowerCase() === text.toLowerCase());
  if (named !== undefined) return named[1];
  return parameter === undefined ? TRUTH.get(text.toLowerCase()) : undefined;
}

const TRUTH: ReadonlyMap<string, number> = new Map([
  ["true", 1],
  ["false", 0],
]);

const shown = (value: ParameterValue): string => (typeof value === "string" ? `"${value}"` : String(value));
