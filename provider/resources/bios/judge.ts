import { INTENTS, type IntentName, needOf } from "../../../core/bios/intents";
import { planWrites, type SettingProblem, type WantedSettings } from "../../../core/bios/plan-writes";
import { isPlainObject } from "../../../core/diff/plain";
import { nearest } from "../../../core/nearest";
import { joinPath, type Problem } from "../../../core/problems";
import type { Judgement } from "../../protocol/definition";
import type { Look } from "./looks";
import type { BiosInputs, BiosOutputs } from "./shapes";

/**
 * What the BIOS makes of what is wanted. With the look that the outputs are of, all of it is held against the
 * registry; without, only what the outputs tell.
 */
export function judgeBios(observed: BiosOutputs, inputs: BiosInputs, look: Look | undefined): Judgement {
  const wanted = knownWanted(inputs);
  const problems = look ? problemsIn(look, wanted) : problemsTold(observed, wanted);
  const isPreferred = ({ intent }: SettingProblem) => intent !== undefined && needIn(inputs, intent) === "preferred";
  const withoutIt = problems.filter(isPreferred);
  return {
    refusals: problems.filter((problem) => !isPreferred(problem)).map(refusalOf),
    warnings: [
      ...withoutIt.map(({ path, message }) => `${path}: ${message}; it is left as it is`),
      ...warningsOf(observed, wanted),
    ],
    beyond: [...new Set(withoutIt.map(({ path }) => path))],
  };
}

/** What is wanted, without what is not known yet. */
export function knownWanted({
  intents,
  attributes,
}: Partial<Pick<BiosInputs, "intents" | "attributes">>): WantedSettings {
  return { intents: scalarsOf(intents), attributes: scalarsOf(attributes) };
}

function scalarsOf(map: unknown): Record<string, string | number | boolean> {
  if (!isPlainObject(map)) return {};
  const isKnown = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);
  return Object.fromEntries(Object.entries(map).filter(([, value]) => isKnown(value))) as Record<string, string>;
}

function needIn({ need }: BiosInputs, intent: IntentName) {
  // A need that is not known yet may be either; what is not certain to be refused is not refused now.
  const said = isPlainObject(need) ? need[intent] : "preferred";
  return said === undefined || said === "required" || said === "preferred"
    ? needOf({ [intent]: said }, intent)
    : "preferred";
}

function problemsIn({ reading, resolutions }: Look, wanted: WantedSettings): SettingProblem[] {
  const { problems } = planWrites(reading, resolutions, wanted);
  const names = reading.registry?.attributes.map(({ name }) => name) ?? Object.keys(reading.current);
  return problems.map((problem) => {
    const near = problem.unknownName === undefined ? undefined : nearest(problem.unknownName, names);
    return near === undefined ? problem : { ...problem, message: `${problem.message}; did you mean ${near}?` };
  });
}

function problemsTold({ notOffered }: BiosOutputs, { intents }: WantedSettings): SettingProblem[] {
  return INTENTS.flatMap((intent) => {
    const why = notOffered[intent];
    if (why === undefined || intents[intent] === undefined) return [];
    return [{ path: joinPath("intents", intent), intent, message: `is not offered: ${why}` }];
  });
}

function refusalOf({ path, message, intent }: SettingProblem): Problem {
  if (intent === undefined) return { path, message };
  return {
    path,
    message: `${message}. Leave it out, or set ${joinPath("need", intent)} to "preferred" to go without it`,
  };
}

function warningsOf(observed: BiosOutputs, wanted: WantedSettings): string[] {
  const { registry, registryProblem, failures, pending, resolved, attributes: known } = observed;
  const managed = new Set([
    // Known, but not wanted: taken out of the program just now.
    ...Object.keys({ ...wanted.attributes, ...known }),
    ...INTENTS.filter((intent) => wanted.intents[intent] !== undefined).map((intent) => resolved[intent]?.attribute),
  ]);
  const others = Object.entries(pending).filter(([name]) => !managed.has(name));
  const waiting = others.map(([name, value]) => `${name} = ${String(value)}`).join(", ");
  const blind = `the BMC offers no attribute registry (${registryProblem ?? "it names none"}): settings are found by known names alone, and values are checked by their type`;
  return [
    ...(registry === undefined ? [blind] : []),
    ...failures.map(({ message, attributes }) => {
      const names = attributes.filter((name) => !message.includes(name));
      return `at the last boot the BMC could not apply a setting${names.length > 0 ? ` (${names.join(", ")})` : ""}: ${message}`;
    }),
    ...(others.length > 0
      ? [`settings that this resource does not ask for wait for the next boot too: ${waiting}`]
      : []),
  ];
}
