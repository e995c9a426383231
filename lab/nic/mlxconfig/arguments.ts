import { expandRange } from "../parameter-reference";
import { ToolError } from "./status";
import type { ToolVersion } from "./tool-version";

/** mstflint, mlxconfig/mlxcfg_parser.cpp, parseArgs: names of commands and their short forms. */
const COMMANDS = {
  set: "set",
  s: "set",
  query: "query",
  q: "query",
  reset: "reset",
  r: "reset",
  clear_semaphore: "clear_semaphore",
  set_raw: "set_raw",
  get_raw: "get_raw",
  backup: "backup",
  show_confs: "show_confs",
  i: "show_confs",
} as const;
export type Command = (typeof COMMANDS)[keyof typeof COMMANDS];

/** Commands of the real program that work on files alone or need keys: they are known, and refused by name. */
const NOT_SIMULATED = [
  "gen_tlvs_file",
  "t",
  "gen_xml_template",
  "g",
  "raw2xml",
  "xml2raw",
  "x",
  "xml2bin",
  "create_conf",
  "apply",
  "auto_apply",
  "challenge_request",
  "token_supported",
  "query_token_session",
  "end_token_session",
  "remote_token_keep_alive",
];

const NEEDS_DEVICE: readonly Command[] = ["set", "set_raw", "get_raw", "clear_semaphore", "backup", "show_confs"];
const NEEDS_FILE: readonly Command[] = ["set_raw", "get_raw", "backup"];

export interface MlxconfigArguments {
  readonly command: Command;
  readonly device?: string;
  /** `-f`: raw TLVs. */
  readonly file?: string;
  /** `-j`. */
  readonly json?: string;
  readonly yes: boolean;
  readonly force: boolean;
  readonly verbose: boolean;
  /** Names of parameters (query), of configurations (reset), names with values (set). Ranges are taken apart. */
  readonly parameters: readonly NamedValue[];
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** @throws ToolError with the sentence that mlxconfig prints before its usage. */
export function parseArguments(argv: readonly string[], version: ToolVersion): MlxconfigArguments | "help" | "version" {
  const options = { yes: false, force: false, verbose: false } as {
    -readonly [Key in keyof MlxconfigArguments]?: MlxconfigArguments[Key];
  } & { yes: boolean; force: boolean; verbose: boolean };
  let at = 0;
  const operand = (what: string): string => {
    at += 1;
    const value = argv[at];
    if (value === undefined) throw new ToolError(`missing ${what}`);
    return value;
  };
  let command: Command | undefined;
  for (; at < argv.length && command === undefined; at += 1) {
    const argument = argv[at] as string;
    const json = version.json && ["-j", "--json_format"].includes(argument);
    if (["-v", "--version"].includes(argument)) return "version";
    if (["-h", "--help"].includes(argument)) return "help";
    if (["-d", "--dev"].includes(argument)) options.device = operand("device name");
    else if (["-f", "--file"].includes(argument)) options.file = operand("file name");
    else if (json) options.json = operand(".json output file");
    else if (["-b", "--db"].includes(argument)) operand("database file name");
    else if (["-t", "--device_type"].includes(argument)) checkDeviceType(operand("device type"));
    else if (["-y", "--yes"].includes(argument)) options.yes = true;
    else if (["-e", "--enable_verbosity"].includes(argument)) options.verbose = true;
    else if (argument === "--force") options.force = true;
    else if (argument in COMMANDS) command = COMMANDS[argument as keyof typeof COMMANDS];
    else if (NOT_SIMULATED.includes(argument)) throw new ToolError(`${argument} is not simulated in the lab`);
    else throw new ToolError(`invalid argument: ${argument}`);
  }
  const rest = argv.slice(at);
  if (command === undefined) {
    throw new ToolError("No command found. For more information please read the help message:");
  }
  checkUse(command, options, rest, version);
  return { ...options, command, parameters: parametersOf(command, rest) };
}

function checkDeviceType(type: string): void {
  if (type.toLowerCase() === "hca") return;
  if (type.toLowerCase() === "switch")
    throw new ToolError("Device type mismatch, provided device is not a switch device");
  throw new ToolError('Unsupported device name given, please specify "switch" or "hca"device type');
}

function checkUse(
  command: Command,
  { device, file, json }: { device?: string; file?: string; json?: string },
  rest: readonly string[],
  version: ToolVersion,
): void {
  if (command === "set" && rest.length === 0) {
    throw new ToolError("missing configuration arguments. For more information please run mstconfig -h|--help.");
  }
  if (command === "reset" && rest.length > 0 && !version.resetOfOne) {
    throw new ToolError(`reset command expects no argument but ${rest.length} argument received`);
  }
  if (command !== "query" && json !== undefined)
    throw new ToolError("Json format is only supported for query command.");
  if (NEEDS_DEVICE.includes(command) && device === undefined) {
    throw new ToolError(`${command} command expects device to be specified.`);
  }
  if (NEEDS_FILE.includes(command) && file === undefined) {
    const what = command === "backup" ? "file" : "raw TLV file";
    throw new ToolError(`${command} command expects ${what} to be specified.`);
  }
  if (!NEEDS_FILE.includes(command) && file !== undefined) {
    throw new ToolError("raw TLV file can only be specified with set_raw, get_raw and backup commands.");
  }
}

function parametersOf(command: Command, rest: readonly string[]): NamedValue[] {
  if (command === "reset") return rest.map((name) => ({ name, value: "" }));
  if (command === "query") return rest.flatMap(expanded).map((name) => ({ name, value: "" }));
  const seen = new Set<string>();
  return rest.flatMap((argument) => {
    const [name = "", value = "", ...more] = argument.split("=").filter((part) => part !== "");
    if (name === "" || value === "" || more.length > 0) {
      throw new ToolError(`Invalid Configuration argument ${argument}`);
    }
    return expanded(name).map((element) => {
      if (seen.has(element)) throw new ToolError(`Duplicate parameter, ${element}.`);
      seen.add(element);
      return { name: element, value };
    });
  });
}

function expanded(name: string): string[] {
  try {
    return expandRange(name);
  } catch (error) {
    throw new ToolError((error as Error).message);
  }
}
