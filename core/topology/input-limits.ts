import { type Problem, Refusal } from "../problems";

/** Longest host file or topology file read, in UTF-16 code units: a real one has some hundred KiB. */
export const MAX_TEXT_LENGTH = 16 * 1024 * 1024;

/** Deepest nesting of PCI functions read: a PCI domain has 256 buses, real machines have 3 switches in a row at most. */
export const MAX_PCI_DEPTH = 64;

/** Problems listed at most; the rest is counted. */
const MAX_PROBLEMS = 200;

/** Refuses a text that is too long to be what is asked for, before anything parses it. */
export function refuseLongText(text: string, what: string): void {
  if (text.length <= MAX_TEXT_LENGTH) return;
  const message = `the ${what} is ${Math.ceil(text.length / 1048576)} MiB long, more than the 16 MiB that are read; give a ${what} of one machine`;
  throw new Refusal([{ path: "", message }]);
}

/** Throws a Refusal with the problems, unless there are none. */
export function refuseProblems(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, MAX_PROBLEMS);
  const rest = problems.length - shown.length;
  throw new Refusal(rest > 0 ? [...shown, { path: "", message: `and ${rest} more problems` }] : shown);
}
