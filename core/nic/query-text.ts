import { type CardQuery, type ShownParameter, shownParameter } from "./card-query";

/** `*RO     NAME   default   current   next`: `*` marks what changes at the next boot, RO what cannot be set. */
const ROW = /^[* ](RO)?\s+([A-Za-z]\w*(?:\[\d+\])?)\s+(\S.*)$/;
const HEADER = /^Configurations:\s+Default\s+Current\s+Next Boot\s*$/;
/** Device type, name and description stand above the table (mlxcfg_ui.cpp, printOpening). */
const FACT = /^(Device type|Name|Description):\s+(.*\S)\s*$/;

/**
 * What `-e query` prints of one card, of releases with and without JSON; undefined where it holds no table.
 * @throws Error with the line that is not understood
 */
export function parseQueryText(text: string): CardQuery | undefined {
  const lines = text.split("\n");
  const header = lines.findIndex((line) => line.startsWith("Configurations:"));
  if (header < 0) return undefined;
  if (!HEADER.test(lines[header] ?? "")) throw new Error(`the columns of the table are unknown: ${lines[header]}`);
  const facts = new Map(lines.slice(0, header).flatMap((line) => factOf(line)));
  return {
    deviceType: facts.get("Device type") ?? "",
    partNumber: facts.get("Name") ?? "",
    description: facts.get("Description") ?? "",
    parameters: new Map(lines.slice(header + 1).flatMap((line) => parameterOf(line))),
  };
}

function factOf(line: string): [string, string][] {
  const [, label, value] = FACT.exec(line) ?? [];
  return label === undefined || value === undefined ? [] : [[label, value]];
}

/** Lines that do not begin like a parameter's are the legend below the table. */
function parameterOf(line: string): [string, ShownParameter][] {
  const [, mark, name, rest] = ROW.exec(line) ?? [];
  if (name === undefined || rest === undefined) return [];
  const cells = rest.trim().split(/\s+/);
  const [factory, current, next] = cells;
  if (cells.length !== 3 || factory === undefined || current === undefined || next === undefined) {
    throw new Error(`${name} has ${cells.length} values instead of default, current and next boot: ${line.trim()}`);
  }
  return [[name, shownParameter({ default: factory, current, next, readOnly: mark !== undefined })]];
}
