import type { ParameterValue } from "./card";
import type { Parameter } from "./parameter-table";

/** A number and how mlxconfig writes it. */
export interface ValueView {
  readonly value: number;
  readonly text: string;
}

/** In 32 bits: mlxconfig keeps it for "not known" (mlxcfg_utils.h). */
const RESERVED = 0xffff_ffff;

/** How mlxconfig shows a value: its name, its number, or the range of an array (mlxcfg_param.cpp, getView). */
export function viewOf(parameter: Parameter, value: ParameterValue): ValueView {
  if (typeof value !== "number") return { value: 0, text: `Array[0..${value.length - 1}]` };
  return elementView(parameter, value);
}

/** The same for one element, or for a parameter that is no array. */
export function elementView(parameter: Parameter, value: number): ValueView {
  if (parameter.type === "BINARY") return { value, text: `0x${value.toString(16).toUpperCase()}` };
  const named = [...parameter.values].find(([, number]) => number === value);
  return { value, text: named?.[0] ?? String(value) };
}

/**
 * Reads what a user typed after NAME=.
 * @throws Error with the sentence that mlxconfig prints (mlxcfg_param.cpp, parseValue).
 */
export function parseValue(parameter: Parameter, text: string): ValueView {
  const number = parseUnsigned(text, parameter.type === "BINARY" ? 16 : 0);
  if (parameter.values.size > 0) {
    const found = [...parameter.values].find(([name, value]) =>
      number === undefined ? name.toLowerCase() === text.toLowerCase() : value === number,
    );
    if (found === undefined) throw new Error(`Unknown value ${text}`);
    return { value: found[1], text: found[0] };
  }
  if (number === undefined) throw new Error("Cannot parse the value");
  if (parameter.sizeInBits === 32 && number === RESERVED) {
    throw new Error(`The value ${text} is reserved and cannot be used`);
  }
  if (number >= 2 ** parameter.sizeInBits) {
    throw new Error(`The value ${text} is not valid,  as its size is ${parameter.sizeInBits} bits`);
  }
  return { value: number, text: parameter.type === "BINARY" ? `0x${number.toString(16).toUpperCase()}` : text };
}

/** C's strtoul over the whole text: base 0 takes 0x and a leading 0; undefined where the text is no number. */
export function parseUnsigned(text: string, base: 0 | 10 | 16 = 0): number | undefined {
  const match = /^\s*([+-]?)(0[xX](?=[0-9a-fA-F]))?([0-9a-fA-F]+)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, prefix, digits = ""] = match;
  if (prefix !== undefined && base === 10) return undefined;
  const radix = prefix !== undefined || base === 16 ? 16 : base === 0 && digits.startsWith("0") ? 8 : 10;
  if (radix === 10 && !/^\d+$/.test(digits)) return undefined;
  if (radix === 8 && !/^[0-7]+$/.test(digits)) return undefined;
  const value = Number.parseInt(digits, radix);
  // A negative number wraps around to 64 bits, beyond what the tool takes.
  if (value > RESERVED || (sign === "-" && value !== 0)) throw new Error("value is out of range");
  return value;
}
