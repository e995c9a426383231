import type { ToolVersion } from "./tool-version";

const OPTIONS: readonly (readonly [string, string])[] = [
  ["-d|--dev <device>", "the device to work with; without it, query and reset take all"],
  ["-f|--file <conf_file>", "raw TLV file of backup, set_raw and get_raw"],
  ["-e|--enable_verbosity", "query shows default and current values too"],
  ["-y|--yes", "every question is answered with yes"],
  ["-t|--device_type <switch/hca>", "kind of the device"],
  ["-h|--help", "this text"],
  ["-v|--version", "the version"],
];
const JSON_OPTION: readonly [string, string] = ["-j|--json_format <file>", "query writes its result to a JSON file"];

const COMMANDS: readonly (readonly [string, string])[] = [
  ["i|show_confs", "all parameters of the table, with their values and descriptions"],
  ["q|query [NAME...]", "parameters of the device"],
  ["s|set NAME=VALUE...", "set parameters; they hold from the next boot on"],
  ["r|reset", "bring parameters back to their factory values"],
  ["backup", "write what is stored in the device to a file"],
  ["set_raw", "store raw TLVs from a file"],
  ["get_raw", "show stored raw TLVs"],
  ["clear_semaphore", "free the device for other tools"],
];

/** Help in the shape of mstflint's (mlxcfg_parser.cpp, printHelp), in the lab's own words. */
export function helpText(version: ToolVersion): string {
  const lines = (rows: readonly (readonly [string, string])[]): string =>
    rows.map(([name, text]) => `        ${name.padEnd(32)}: ${text}\n`).join("");
  return (
    "    NAME:\n        mstconfig\n    SYNOPSIS:\n        mstconfig [Options] <Commands> [Parameters]\n\n" +
    `    OPTIONS:\n${lines(version.json ? [...OPTIONS, JSON_OPTION] : OPTIONS)}\n` +
    `    COMMANDS SUMMARY\n${lines(COMMANDS)}\n`
  );
}
