import { readFileSync } from "node:fs";
import { type Expression, parseExpression } from "./expression";
import type { ParameterRow, ParameterTableFile, TlvRow } from "./parameter-table-rows";

const PARAMETER_TYPES = ["BOOL", "UNSIGNED", "INTEGER", "ENUM", "BINARY", "BYTES", "STRING"] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** Classes of TLVs that need more than their number to be named (mstflint, mlxconfig/mlxcfg_tlv.cpp). */
export const TLV_CLASS = { global: 0, port: 1, function: 3, host: 7, module: 9 } as const;

export interface Parameter {
  /** The name inside its TLV: "total_vfs". */
  readonly name: string;
  readonly tlv: string;
  /** The name that users know, without port or module: "NUM_OF_VFS". Absent: not for users. */
  readonly mlxconfigName?: string;
  readonly type: ParameterType;
  readonly description: string;
  /** Names of values, sorted by name as mstflint keeps them: the first name of a value is the one shown. */
  readonly values: ReadonlyMap<string, number>;
  /** 0: not an array. */
  readonly arrayLength: number;
  /** Of one element. */
  readonly sizeInBits: number;
  /** From the start of the TLV's data, counted as the firmware's big-endian buffer is. */
  readonly bitOffset: number;
  /** "always", an expression, or nothing: then it is shown only where `rule`, a version or an array says so. */
  readonly dependency?: "always" | Expression;
  readonly fromVersion: number;
  /** Parameter of the same TLV that is raised when this one is set. */
  readonly validBit?: string;
  readonly temporary?: { readonly name: string; readonly value: Expression };
  readonly minimum?: Expression;
  readonly maximum?: Expression;
  readonly rule?: Expression;
}

export interface Tlv {
  readonly name: string;
  readonly id: number;
  readonly class: number;
  readonly capability: boolean;
  readonly target: string;
  /** Bytes of data. */
  readonly size: number;
  readonly description: string;
  readonly mlxconfigName: string;
  readonly parameters: readonly Parameter[];
}

/** mstflint's own table of NIC firmware parameters. */
export class ParameterTable {
  readonly tlvs: ReadonlyMap<string, Tlv>;
  readonly #byMlxconfigName = new Map<string, Parameter>();

  /** @throws Error that names the parameter and the column that does not make sense. */
  constructor(file: ParameterTableFile) {
    const parameters = new Map<string, Parameter[]>(file.tlvs.map(({ name }) => [name, []]));
    for (const row of file.params) {
      const siblings = parameters.get(row.tlv_name);
      if (siblings === undefined) {
        throw new Error(`parameter table: ${row.name} belongs to the TLV ${row.tlv_name}, which is not there`);
      }
      const parameter = parameterOf(row);
      siblings.push(parameter);
      if (parameter.mlxconfigName !== undefined) this.#byMlxconfigName.set(parameter.mlxconfigName, parameter);
    }
    this.tlvs = new Map(file.tlvs.map((row) => [row.name, tlvOf(row, parameters.get(row.name) ?? [])]));
  }

  /** By the name that users know, without `_P1` or `_M0`. */
  byMlxconfigName(name: string): Parameter | undefined {
    return this.#byMlxconfigName.get(name);
  }

  /** All parameters, in the order of the table. */
  parameters(): Parameter[] {
    return [...this.tlvs.values()].flatMap((tlv) => tlv.parameters);
  }
}

/** Reads the JSON table file that `extractParameterTable` wrote. */
export function loadParameterTable(path: string): ParameterTable {
  let file: ParameterTableFile;
  try {
    file = JSON.parse(readFileSync(path, "utf8")) as ParameterTableFile;
  } catch (cause) {
    throw new Error(`parameter table: ${path} cannot be read as JSON; make it anew with extractParameterTable`, {
      cause,
    });
  }
  if (!Array.isArray(file.tlvs) || !Array.isArray(file.params)) {
    throw new Error(`parameter table: ${path} has no tlvs and params; make it anew with extractParameterTable`);
  }
  return new ParameterTable(file);
}

function tlvOf(row: TlvRow, parameters: readonly Parameter[]): Tlv {
  return {
    name: row.name,
    id: row.id,
    class: row.class,
    capability: row.cap === 1,
    target: row.target,
    size: row.size,
    description: row.description ?? "",
    mlxconfigName: row.mlxconfig_name ?? "",
    parameters,
  };
}

function parameterOf(row: ParameterRow): Parameter {
  const wrong = (column: string, cause: unknown): never => {
    throw new Error(`parameter table: ${row.tlv_name}.${row.name}, column ${column}: ${(cause as Error).message}`);
  };
  const expression = (column: "min_val" | "max_val" | "rule" | "dependency"): Expression | undefined => {
    const text = row[column];
    if (text === null || text === "") return undefined;
    try {
      return parseExpression(text);
    } catch (cause) {
      return wrong(column, cause);
    }
  };
  const type = PARAMETER_TYPES.find((candidate) => candidate === row.type);
  if (type === undefined) return wrong("type", new Error(`"${row.type}" is none of ${PARAMETER_TYPES.join(", ")}`));
  const always = row.dependency?.toLowerCase() === "ignore_dependency";
  const dependency = always ? ("always" as const) : expression("dependency");
  const [minimum, maximum, rule] = [expression("min_val"), expression("max_val"), expression("rule")];
  const temporary = temporaryOf(row.temp_vars, wrong);
  const bits = bitsOf(row.size);
  const sizeInBits = row.array_length > 0 ? bits / row.array_length : bits;
  return {
    name: row.name,
    tlv: row.tlv_name,
    ...(row.mlxconfig_name ? { mlxconfigName: row.mlxconfig_name } : {}),
    type,
    description: row.description ?? "",
    values: valuesOf(type, row.textual_values),
    arrayLength: row.array_length,
    sizeInBits,
    bitOffset: bitOffsetOf(row.offset, sizeInBits, row.array_length > 0),
    ...(dependency === undefined ? {} : { dependency }),
    fromVersion: row.supported_from_version,
    ...(row.valid_bit ? { validBit: row.valid_bit } : {}),
    ...(temporary === undefined ? {} : { temporary }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(rule === undefined ? {} : { rule }),
  };
}

function temporaryOf(
  text: string | null,
  wrong: (column: string, cause: unknown) => never,
): { name: string; value: Expression } | undefined {
  if (text === null || text === "") return undefined;
  const match = /^\$(_\w+)=(.*)$/s.exec(text);
  if (match === null) return wrong("temp_vars", new Error(`"${text}" does not begin with $_NAME=`));
  try {
    return { name: match[1] as string, value: parseExpression(match[2] as string) };
  } catch (cause) {
    return wrong("temp_vars", cause);
  }
}

/** mstflint reads the values as hexadecimal and keeps them in a map sorted by name (mlxcfg_param.cpp). */
function valuesOf(type: ParameterType, text: string | null): ReadonlyMap<string, number> {
  if (type === "BOOL") {
    return new Map([
      ["False", 0],
      ["True", 1],
    ]);
  }
  if (text === null || text === "") return new Map();
  const pairs = text.split(",").map((pair): [string, number] => {
    const [name = "", value = ""] = pair.split("=");
    return [name, Number.parseInt(value, 16)];
  });
  return new Map(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function bytesAndBits(text: string): { bytes: number; bits: number } {
  const [bytes = "0", bits = "0"] = text.split(".");
  return { bytes: Number(bytes), bits: Number(bits) };
}

function bitsOf(size: string): number {
  const { bytes, bits } = bytesAndBits(size);
  return bytes * 8 + bits;
}

/** mlxcfg_db_items.cpp: the table counts bits from the low end of each 32-bit word, the buffer from its high end. */
function bitOffsetOf(offset: string, sizeInBits: number, array: boolean): number {
  const { bytes, bits } = bytesAndBits(offset);
  if (array) return bytes * 8;
  const little = bytes * 8 + bits;
  return 32 - (little % 32) - sizeInBits + Math.floor(little / 32) * 32;
}
