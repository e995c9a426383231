import { holds, knownParameter } from "./known-parameters";
import type { ParameterValues } from "./parameter-value";

/**
 * The calls of the tool, in order, that set some parameters. The tool looks at what the card shows before it sets, and
 * at what it shows of the values of the next boot: a parameter that another one unlocks comes in a call after that one,
 * and one that another is about to lock comes in a call before it.
 */
export function writeOrder(settings: ParameterValues): string[][] {
  let left = Object.keys(settings);
  const calls: string[][] = [];
  while (left.length > 0) {
    const ready = left.filter((name) => !left.some((other) => comesBefore(other, name, settings)));
    // Parameters that wait for each other in a ring do not come apart: the tool is to say what it makes of them.
    const call = ready.length > 0 ? ready : left;
    calls.push(call);
    left = left.filter((name) => !call.includes(name));
  }
  return calls;
}

function comesBefore(first: string, second: string, settings: ParameterValues): boolean {
  const need = (name: string, on: string) => knownParameter(name)?.needs.find((one) => one.name === on);
  const unlocks = need(second, first);
  if (unlocks !== undefined) return holds(unlocks, settings[first]);
  const locks = need(first, second);
  return locks !== undefined && !holds(locks, settings[second]);
}
