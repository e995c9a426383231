/** A row of table `tlvs` in mstflint's mlxconfig_host.db, as the JSON table file holds it. */
export interface TlvRow {
  readonly name: string;
  readonly id: number;
  readonly class: number;
  /** 1: not a setting but what the firmware is able to do. */
  readonly cap: number;
  readonly target: string;
  readonly size: number;
  readonly description: string | null;
  readonly mlxconfig_name: string | null;
}

/** A row of table `params`. Sizes and offsets are "bytes.bits", as in "0x4.16". */
export interface ParameterRow {
  readonly name: string;
  readonly tlv_name: string;
  readonly offset: string;
  readonly size: string;
  readonly type: string;
  readonly description: string | null;
  readonly textual_values: string | null;
  readonly mlxconfig_name: string | null;
  readonly dependency: string | null;
  readonly valid_bit: string | null;
  readonly temp_vars: string | null;
  readonly min_val: string | null;
  readonly max_val: string | null;
  readonly rule: string | null;
  readonly supported_from_version: number;
  readonly array_length: number;
}

/** The JSON table file: both tables in the order of the database, which is the order that mlxconfig 4.21 prints. */
export interface ParameterTableFile {
  readonly tlvs: readonly TlvRow[];
  readonly params: readonly ParameterRow[];
}

export const TLV_COLUMNS = ["name", "id", "class", "cap", "target", "size", "description", "mlxconfig_name"] as const;
export const PARAMETER_COLUMNS = [
  "name",
  "tlv_name",
  "offset",
  "size",
  "type",
  "description",
  "textual_values",
  "mlxconfig_name",
  "dependency",
  "valid_bit",
  "temp_vars",
  "min_val",
  "max_val",
  "rule",
  "supported_from_version",
  "array_length",
] as const;
