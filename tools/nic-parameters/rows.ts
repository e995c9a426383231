import type { ParameterRow, ParameterTableFile } from "../../lab/nic/parameter-table-rows";

/** Classes of TLVs whose parameters exist once per port or module (mstflint, mlxconfig/mlxcfg_tlv.cpp). */
const PER_PORT = 1;
const PER_MODULE = 9;

const KINDS: Readonly<Record<string, string>> = { BOOL: "bool", ENUM: "enum", UNSIGNED: "uint", BINARY: "bin" };

/** One condition of a dependency: `$nv_pci_conf.advanced_pci_settings!=0`, and `$name` inside the same TLV. */
const CONDITION = /\$(?:([a-z0-9_]+)\.)?([a-z0-9_]+)\s*(==|!=)\s*(\d+)/gi;

/**
 * The lines of core/nic/parameter-table.ts, sorted by name: what the table of mstflint says of parameters that users
 * can name. Conditions on capabilities are left out (only a card can tell), and so are sentences.
 */
export function parameterLines({ tlvs, params }: ParameterTableFile): string[] {
  const tlvOf = new Map(tlvs.map((tlv) => [tlv.name, tlv]));
  const named = params.filter(({ mlxconfig_name, tlv_name }) => mlxconfig_name && tlvOf.get(tlv_name)?.cap !== 1);
  const nameOf = new Map(named.map((row) => [`${row.tlv_name}.${row.name}`, row.mlxconfig_name ?? ""]));
  const lines = named.map((row) => {
    const fields = [
      `${row.mlxconfig_name}${scopeOf(tlvOf.get(row.tlv_name)?.class)}`,
      kindOf(row),
      row.type === "ENUM" ? valuesOf(row.textual_values ?? "") : limitsOf(row),
      needsOf(row, nameOf),
    ];
    return fields.join("|").replace(/\|+$/, "");
  });
  return lines.sort();
}

function scopeOf(tlvClass: number | undefined): string {
  return tlvClass === PER_PORT ? "@P" : tlvClass === PER_MODULE ? "@M" : "";
}

function kindOf({ tlv_name, name, type, size, array_length: length }: ParameterRow): string {
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`${tlv_name}.${name}: type ${type} is none of ${Object.keys(KINDS)}`);
  const [bytes = "0", bits = "0"] = size.split(".");
  const width = (Number(bytes) * 8 + Number(bits)) / Math.max(1, length);
  return `${kind}${width}${length > 0 ? `*${length}` : ""}`;
}

function valuesOf(text: string): string {
  const pairs = text.split(",").map((pair) => pair.split("=") as [string, string]);
  return pairs.map(([name, value]) => `${name}=${Number.parseInt(value, 16)}`).join(",");
}

/** Limits that are plain numbers; others come from a card's capabilities. */
function limitsOf({ min_val, max_val }: ParameterRow): string {
  const number = (text: string | null): string => (text !== null && /^\d+$/.test(text) ? text : "");
  const [minimum, maximum] = [number(min_val), number(max_val)];
  return minimum === "" && maximum === "" ? "" : `${minimum}..${maximum}`;
}

function needsOf(row: ParameterRow, nameOf: ReadonlyMap<string, string>): string {
  const conditions = [...(row.dependency ?? "").matchAll(CONDITION)].flatMap(([, tlv, name, operator, value]) => {
    const other = nameOf.get(`${tlv ?? row.tlv_name}.${name}`);
    return other === undefined ? [] : [`${other}${operator}${value}`];
  });
  return conditions.join(",");
}
