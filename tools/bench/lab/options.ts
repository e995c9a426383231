import { parseArgs } from "node:util";
import { type Problem, Refusal } from "../../../core/problems";

/** What is measured, and how often. */
export interface BenchOptions {
  readonly image: boolean;
  readonly boots: number;
  readonly restores: number;
  readonly nested: number;
}

const DEFAULTS = { boots: "10", restores: "10", nested: "20" };
const MAX_RUNS = 1000;

/** @throws Refusal with every option that is wrong */
export function readOptions(args: string[]): BenchOptions {
  const problems: Problem[] = [];
  const { boots, restores, nested, "skip-image": skip } = parse(args);
  const runs = (option: string, text: string): number => {
    if (/^\d+$/.test(text) && Number(text) <= MAX_RUNS) return Number(text);
    problems.push({ path: `--${option}`, message: `must be a whole number of runs from 0 to ${MAX_RUNS}` });
    return 0;
  };
  const options = {
    image: !skip,
    boots: runs("boots", boots),
    restores: runs("restores", restores),
    nested: runs("nested", nested),
  };
  if (problems.length > 0) throw new Refusal(problems);
  return options;
}

function parse(args: string[]) {
  const options = {
    boots: { type: "string", default: DEFAULTS.boots },
    restores: { type: "string", default: DEFAULTS.restores },
    nested: { type: "string", default: DEFAULTS.nested },
    "skip-image": { type: "boolean", default: false },
  } as const;
  try {
    return parseArgs({ args, options, strict: true }).values;
  } catch (error) {
    const { message } = error as Error;
    throw new Refusal([{ path: "", message: `${message}; there are --boots, --restores, --nested and --skip-image` }]);
  }
}
