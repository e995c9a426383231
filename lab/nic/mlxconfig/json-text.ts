import type { AdapterProfile } from "../adapters/profile";
import { changes, type QueryRow, shownValue } from "./table-text";

type Json = string | number | boolean | { readonly [key: string]: Json };

/** A device in the file of `-j`: mstflint, mlxcfg_ui.cpp, printOpening and WriteSingleParam. */
export function deviceJson(profile: AdapterProfile, device: string, rows: readonly QueryRow[]): Json {
  const parameters = rows.map((row): [string, Json] => [
    row.name,
    {
      read_only: row.readOnly,
      next_value: shownValue(row.next),
      ...(row.default === undefined ? {} : { default_value: shownValue(row.default), modified: changes(row) }),
      ...(row.current === undefined ? {} : { current_value: shownValue(row.current) }),
    },
  ]);
  return {
    device,
    device_type: profile.type,
    name: profile.partNumber,
    description: profile.description,
    tlv_configuration: Object.fromEntries(parameters),
  };
}

/** As JsonCpp's StreamWriterBuilder writes by default: tabs, sorted keys, an object's brace on a line of its own. */
export function jsonText(devices: Readonly<Record<string, Json>>): string {
  return `${Object.keys(devices).length === 0 ? "{}" : text(devices, "")}\n`;
}

function text(value: Json, indent: string): string {
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}\t`;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => {
      const broken = typeof member === "object" ? `\n${inner}` : "";
      return `${inner}${JSON.stringify(key)} : ${broken}${text(member, inner)}`;
    });
  return `{\n${members.join(",\n")}\n${indent}}`;
}
