import type { ParameterValue } from "./parameter-value";

/** A value as the tool shows it. */
export interface ShownValue {
  /** Its number, where the tool shows one; else its text. */
  readonly value: ParameterValue;
  /** Its name: `True`, `SECURE_NONE`. Absent where it has none. */
  readonly name?: string;
}

/** A parameter that a card shows. */
export interface ShownParameter {
  readonly default: ShownValue;
  /** In force. */
  readonly current: ShownValue;
  /** In force after the next boot. */
  readonly next: ShownValue;
  readonly readOnly: boolean;
  /** Elements of an array, which are shown one by one only where they are asked for by name. */
  readonly length?: number;
}

/** What one query tells of a card. */
export interface CardQuery {
  readonly deviceType: string;
  readonly partNumber: string;
  readonly description: string;
  readonly parameters: ReadonlyMap<string, ShownParameter>;
}

/**
 * A value in a cell or in JSON: `True(1)`, `0x1F(31)`, `44`, `Array[0..7]` (mstflint, mlxconfig/mlxcfg_ui.cpp, printValue
 * and writeParamToJson).
 */
export function shownValue(cell: string | number): ShownValue & { length?: number } {
  if (typeof cell === "number") return { value: cell };
  const [, last] = /^Array\[0\.\.(\d+)\]$/.exec(cell) ?? [];
  if (last !== undefined) return { value: cell, length: Number(last) + 1 };
  const [, name, number] = /^(.+)\((\d+)\)$/.exec(cell) ?? [];
  if (name !== undefined) return { value: Number(number), name };
  return { value: /^\d+$/.test(cell) ? Number(cell) : cell };
}

/** A parameter from its three cells. */
export function shownParameter(cells: {
  readonly default: string | number;
  readonly current: string | number;
  readonly next: string | number;
  readonly readOnly: boolean;
}): ShownParameter {
  const { length, ...next } = shownValue(cells.next);
  return {
    default: plain(shownValue(cells.default)),
    current: plain(shownValue(cells.current)),
    next,
    readOnly: cells.readOnly,
    ...(length === undefined ? {} : { length }),
  };
}

const plain = ({ value, name }: ShownValue): ShownValue => (name === undefined ? { value } : { value, name });
