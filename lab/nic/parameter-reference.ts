import type { CardFirmware } from "./card";
import type { Parameter } from "./parameter-table";
import { parseUnsigned } from "./parameter-value";
import type { TlvInstance } from "./tlv-instance";

/** A parameter that a user named, on a card. */
export interface ParameterReference {
  /** As printed: with port or module and, for one element of an array, its index. */
  readonly name: string;
  readonly instance: TlvInstance;
  readonly parameter: Parameter;
  readonly index?: number;
}

/**
 * Takes NAME[2..5] apart into NAME[2], NAME[3], NAME[4], NAME[5]; a name without a range is itself.
 * @throws Error with the sentence that mlxconfig prints (mlxcfg_utils.cpp, extractIndexes).
 */
export function expandRange(name: string): string[] {
  const open = name.indexOf("[");
  if (open < 0) return [name];
  const close = name.indexOf("]");
  if (close < 0) throw new Error("Expected a parameter with index");
  const [from = "", to = from] = name.slice(open + 1, close).split("..");
  const [first, last] = [from, to].map((text) => {
    const index = parseUnsigned(text);
    if (index === undefined) throw new Error(`Can not parse the index ${text}`);
    return index;
  }) as [number, number];
  if (first > last) throw new Error(`Left index ${first} can not be greater than right index ${last}`);
  // No array of the table is longer: a range that is wider cannot be meant and would only fill memory.
  if (last - first > 1024) throw new Error("value is out of range");
  return Array.from({ length: last - first + 1 }, (_, offset) => `${name.slice(0, open)}[${first + offset}]`);
}

/**
 * Finds what a user named on a card, without asking whether its firmware supports it.
 * @throws Error with the sentence that mlxconfig prints (mlxcfg_db_manager.cpp).
 */
export function findParameter(card: CardFirmware, name: string, unknown: (name: string) => string): ParameterReference {
  const open = name.indexOf("[");
  const base = open < 0 ? name : name.slice(0, open);
  const whole = splitSuffix(base, card);
  const parameter = card.table.byMlxconfigName(whole.name);
  if (parameter === undefined) {
    throw new Error(open < 0 ? unknown(base) : `Failed to find Param / index out of range: ${base}${name.slice(open)}`);
  }
  const instance = card.instance(parameter.tlv, whole.port, whole.module);
  if (instance === undefined) {
    throw new Error(`TLV with name '${parameter.tlv}', port ${whole.port}, module ${whole.module} does not exist`);
  }
  return open < 0
    ? { name, instance, parameter }
    : { name, instance, parameter, index: Number.parseInt(name.slice(open + 1), 10) };
}

/** NAME_P2 is NAME of port 2 where the card has that port; NAME_M0 is NAME of module 0. */
function splitSuffix(name: string, card: CardFirmware): { name: string; port: number; module: number } {
  const match = /^(.+)_([PM])(\d+)$/.exec(name);
  const [, base = name, kind, digits] = match ?? [];
  const number = Number(digits);
  if (kind === "P" && number >= 1 && number <= card.ports) return { name: base, port: number, module: -1 };
  if (kind === "M" && number <= 1) return { name: base, port: 0, module: number };
  return { name, port: 0, module: -1 };
}
