import { PARAMETER_TABLE } from "./parameter-table";

/** A condition on another parameter, as mstflint's table has it: `ADVANCED_PCI_SETTINGS!=0`. */
export interface Need {
  /** With port or module, where the dependent parameter has one: `PHY_RATE_MASK_OVERRIDE_P1`. */
  readonly name: string;
  readonly operator: "==" | "!=";
  readonly value: number;
}

/** A parameter of our own table, as a user named it. */
export interface KnownParameter {
  /** As the table has it, without port, module or index. */
  readonly base: string;
  readonly kind: "bool" | "enum" | "uint" | "bin";
  /** Width of the value, or of one element. */
  readonly bits: number;
  /** Elements of an array; undefined where it is none. */
  readonly length?: number;
  /** Element that was named. */
  readonly index?: number;
  /** It exists once per port or module, and the name lacks which. */
  readonly lacks?: "port" | "module";
  readonly values: ReadonlyMap<string, number>;
  readonly minimum?: number;
  readonly maximum?: number;
  /** What must hold before a card offers it, as far as other parameters decide that. */
  readonly needs: readonly Need[];
}

interface Row extends Omit<KnownParameter, "index" | "lacks"> {
  readonly scope?: "P" | "M";
}

/** Names of users: NAME, NAME_P1 of a port, NAME_M0 of a module, NAME[3] of an array. */
export const PARAMETER_NAME = /^[A-Za-z]\w*(?:\[(?:0|[1-9]\d{0,3})\])?$/;

let rows: ReadonlyMap<string, Row> | undefined;

/** The table, read on first use. */
function table(): ReadonlyMap<string, Row> {
  rows ??= new Map(
    PARAMETER_TABLE.trim()
      .split("\n")
      .map((line) => rowOf(line))
      .map((row) => [row.base, row]),
  );
  return rows;
}

/** Names of the table, without ports, modules and indices. */
export const knownNames = (): string[] => [...table().keys()];

/** What the table says of a parameter; undefined where it does not have it. */
export function knownParameter(name: string): KnownParameter | undefined {
  const { whole, index } = nameParts(name);
  const own = table().get(whole);
  const match = /^(.+)_([PM])\d+$/.exec(whole);
  const [, base = "", scope] = match ?? [];
  const scoped = own === undefined ? table().get(base) : undefined;
  const row = own ?? (scoped?.scope === scope ? scoped : undefined);
  if (row === undefined) return undefined;
  const { scope: needed, ...parameter } = row;
  const suffix = own === undefined ? whole.slice(base.length) : "";
  return {
    ...parameter,
    needs: row.needs.map((need) => ({ ...need, name: withSuffix(need.name, suffix) })),
    ...(index === undefined ? {} : { index }),
    ...(needed === undefined || suffix !== "" ? {} : { lacks: needed === "P" ? "port" : "module" }),
  };
}

/** NAME[3] is element 3 of NAME. */
export function nameParts(name: string): { whole: string; index?: number } {
  const open = name.indexOf("[");
  return open < 0 ? { whole: name } : { whole: name.slice(0, open), index: Number(name.slice(open + 1, -1)) };
}

export const holds = ({ operator, value }: Need, actual: unknown): boolean =>
  operator === "==" ? actual === value : actual !== value;

/** A need as an assignment that fulfils it: `ADVANCED_PCI_SETTINGS=1`. */
export const fulfilled = ({ name, operator, value }: Need): string =>
  operator === "==" ? `${name}=${value}` : value === 0 ? `${name}=1` : `${name} other than ${value}`;

/** What a parameter of a port depends on is of the same port, where it is of ports at all. */
const withSuffix = (name: string, suffix: string): string => (table().get(name)?.scope ? `${name}${suffix}` : name);

function rowOf(line: string): Row {
  const [name = "", kindText = "", values = "", needs = ""] = line.split("|");
  const [base = "", scope] = name.split("@");
  const [, kind, bits, length] = /^([a-z]+)(\d+)(?:\*(\d+))?$/.exec(kindText) ?? [];
  const [minimum = "", maximum = ""] = kind === "enum" ? [] : values.split("..");
  return {
    base,
    kind: kind as Row["kind"],
    bits: Number(bits),
    ...(scope === undefined ? {} : { scope: scope as "P" | "M" }),
    ...(length === undefined ? {} : { length: Number(length) }),
    values: kind === "bool" ? TRUTH : new Map(kind === "enum" ? valuesOf(values) : []),
    ...(minimum === "" ? {} : { minimum: Number(minimum) }),
    ...(maximum === "" ? {} : { maximum: Number(maximum) }),
    needs: needs === "" ? [] : needs.split(",").map(needOf),
  };
}

const TRUTH: ReadonlyMap<string, number> = new Map([
  ["False", 0],
  ["True", 1],
]);

const valuesOf = (text: string): [string, number][] =>
  text.split(",").map((pair) => {
    const [name = "", value = ""] = pair.split("=");
    return [name, Number(value)];
  });

function needOf(text: string): Need {
  const [, name = "", operator, value] = /^(\w+)(==|!=)(\d+)$/.exec(text) ?? [];
  return { name, operator: operator as Need["operator"], value: Number(value) };
}
