import type { AdapterProfile } from "../adapters/profile";
import type { ValueView } from "../parameter-value";
import type { ToolVersion } from "./tool-version";

/** One line of a query: the values of the columns shown, the last one being the next boot's or the new value. */
export interface QueryRow {
  readonly name: string;
  readonly readOnly: boolean;
  readonly default?: ValueView;
  readonly current?: ValueView;
  readonly next: ValueView;
  /** The value that is about to be set. */
  readonly new?: ValueView;
}

/** Whether the next boot brings another value than a column that is shown (mlxcfg_ui.cpp, printSingleParam). */
export function changes(row: QueryRow): boolean {
  return [row.default, row.current].some((shown) => shown !== undefined && shown.value !== row.next.value);
}

/** What stands above the table: mlxcfg_ui.cpp, printOpening. */
export function openingText(profile: AdapterProfile, device: string, index: number, { layout }: ToolVersion): string {
  const line = (label: string, value: string): string => `${label.padEnd(layout.label)}${value.padEnd(layout.label)}\n`;
  return (
    `\nDevice #${index}:\n----------\n\n` +
    line("Device type:", profile.type) +
    line("Name:", profile.partNumber) +
    line("Description:", profile.description) +
    line("Device:", device) +
    "\n"
  );
}

/** The header of the table: mlxcfg_ui.cpp, printConfHeader. */
export function headerText(verbose: boolean, showsNew: boolean, { layout }: ToolVersion): string {
  const columns = verbose
    ? "Default".padStart(layout.firstHeader) + "Current".padStart(layout.value) + "Next Boot".padStart(18)
    : "Next Boot".padStart(layout.firstHeader + 2);
  return `${"Configurations:".padEnd(layout.label)}${columns}${showsNew ? "       New" : ""}\n`;
}

/** One line of the table: mlxcfg_ui.cpp, printSingleParam. */
export function rowText(row: QueryRow, { layout }: ToolVersion): string {
  const cells = [row.default, row.current, row.next, row.new]
    .filter((view) => view !== undefined)
    .map((view) => String(shownValue(view)).padEnd(layout.value));
  const spaced = cells.map((cell, index) => {
    const before = cells[index - 1];
    return before !== undefined && before.length >= layout.spaceFrom ? ` ${cell}` : cell;
  });
  return `${layout.mark(changes(row), row.readOnly)}${row.name.padEnd(layout.name)}${spaced.join("")}\n`;
}

/** What follows the table: mlxcfg_ui.cpp, queryDevCfg. */
export function legendText(rows: readonly QueryRow[]): string {
  const differs = rows.some(changes)
    ? "The '*' shows parameters with next value different from default/current value.\n"
    : "";
  const readOnly = rows.some((row) => row.readOnly)
    ? "\nThe 'RO' shows parameters which are for read only and cannot be changed\n"
    : "";
  return differs + readOnly;
}

/** NAME(n) for named values, a plain number, Array[0..n]: mlxcfg_ui.cpp, printValue and writeParamToJson. */
export function shownValue({ value, text }: ValueView): string | number {
  if (text === "" || (/^\d+$/.test(text) && Number(text) === value)) return value;
  return text.includes("Array") ? text : `${text}(${value})`;
}
