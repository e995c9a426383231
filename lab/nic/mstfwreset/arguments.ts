import { LEVELS, TYPES } from "./reset-tables";

/** mstflint, small_utils/mstfwreset.py, main: commands and their short forms. */
const COMMANDS = {
  q: "query",
  query: "query",
  r: "reset",
  reset: "reset",
  reset_fsm_register: "reset_fsm_register",
} as const;

/** Options that change nothing about a stand-in without a driver. */
const IGNORED = ["-s", "--skip_driver", "--skip_fsm_sync", "--skip_socket_direct", "--skip_vm_check"];

export interface ResetArguments {
  readonly command: (typeof COMMANDS)[keyof typeof COMMANDS];
  readonly device: string;
  readonly level?: number;
  readonly type?: number;
  readonly sync?: number;
  readonly method?: number;
  readonly yes: boolean;
}

/** Wrong arguments: argparse prints the usage and this, and ends with status 2. */
export class UsageError extends Error {}

const NUMBERS = [
  { flags: ["--level", "-l"], key: "level", choices: LEVELS.map(({ level }): number => level) },
  { flags: ["--type", "-t"], key: "type", choices: TYPES.map(({ type }): number => type) },
  { flags: ["--method", "-p"], key: "method", choices: [0, 1] },
  { flags: ["--sync"], key: "sync", choices: [0, 1, 2] },
] as const;

/** @throws UsageError with the sentence that Python's argparse prints. */
export function parseResetArguments(argv: readonly string[]): ResetArguments | "help" | "version" {
  const numbers: Partial<Record<(typeof NUMBERS)[number]["key"], number>> = {};
  let device: string | undefined;
  let command: ResetArguments["command"] | undefined;
  let yes = false;
  for (let at = 0; at < argv.length; at += 1) {
    const [argument = "", attached] = splitAttached(argv[at] as string);
    const operand = (flags: readonly string[]): string => {
      if (attached === undefined) at += 1;
      const value = attached ?? argv[at];
      if (value === undefined) throw new UsageError(`argument ${flags.join("/")}: expected one argument`);
      return value;
    };
    const number = NUMBERS.find(({ flags }) => (flags as readonly string[]).includes(argument));
    if (number !== undefined) {
      numbers[number.key] = numberIn(number.flags, number.choices, operand(number.flags));
    } else if (["-h", "--help"].includes(argument)) return "help";
    else if (["-v", "--version"].includes(argument)) return "version";
    else if (["-d", "--device"].includes(argument)) device = operand(["--device", "-d"]);
    else if (["-y", "--yes"].includes(argument)) yes = true;
    else if (IGNORED.includes(argument)) continue;
    else if (argument.startsWith("-") || command !== undefined) {
      throw new UsageError(`unrecognized arguments: ${argument}`);
    } else if (argument in COMMANDS) command = COMMANDS[argument as keyof typeof COMMANDS];
    else {
      const choices = Object.keys(COMMANDS).map((name) => `'${name}'`);
      throw new UsageError(`argument command: invalid choice: '${argument}' (choose from ${choices.join(", ")})`);
    }
  }
  const missing = [...(device === undefined ? ["--device/-d"] : []), ...(command === undefined ? ["command"] : [])];
  if (device === undefined || command === undefined) {
    throw new UsageError(`the following arguments are required: ${missing.join(", ")}`);
  }
  return { command, device, yes, ...numbers };
}

/** --level=3 and --level 3 are the same. */
function splitAttached(argument: string): [string, string?] {
  const equals = argument.startsWith("--") ? argument.indexOf("=") : -1;
  return equals < 0 ? [argument] : [argument.slice(0, equals), argument.slice(equals + 1)];
}

function numberIn(flags: readonly string[], choices: readonly number[], text: string): number {
  const name = flags.join("/");
  if (!/^\d+$/.test(text)) throw new UsageError(`argument ${name}: invalid int value: '${text}'`);
  if (!choices.includes(Number(text))) {
    throw new UsageError(`argument ${name}: invalid choice: ${text} (choose from ${choices.join(", ")})`);
  }
  return Number(text);
}
