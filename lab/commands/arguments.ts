import { parseArgs } from "node:util";
import { Refusal } from "../../core/problems";
import { LabHost } from "../client/lab-host";
import { DEFAULT_NAME } from "./command";

type OptionsConfig = Record<string, { type: "string" | "boolean"; default?: string | boolean }>;
type Parsed<Options extends OptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true; strict: true }>
>;

/**
 * Options and words of a command line.
 * @throws Refusal for options that the command does not have
 */
export function readArguments<Options extends OptionsConfig>(
  args: string[],
  options: Options,
  maxWords: number,
): { values: Parsed<Options>["values"]; words: string[] } {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true, strict: true });
    if (positionals.length > maxWords) throw new Error(`"${positionals[maxWords]}" is a word too many`);
    return { values, words: positionals };
  } catch (error) {
    throw new Refusal([{ path: "", message: (error as Error).message }]);
  }
}

/** The host that a command is for, which must be there. */
export const hostOf = (name = DEFAULT_NAME): LabHost => LabHost.named(name);

/** `[NAME] WORD`: the name may be left out, the word may not. */
export function hostAndWord(args: string[], what: string): { host: LabHost; word: string } {
  const { words } = readArguments(args, {}, 2);
  const word = words.at(-1);
  if (word === undefined) throw new Refusal([{ path: what, message: `is missing; name it as the last word` }]);
  return { host: hostOf(words.length > 1 ? words[0] : undefined), word };
}
