import { joinPath, type Problem } from "../problems";
import type { AttributeRegistry, AttributeValue, BiosReading } from "./bios-reading";
import { checkTypeOnly, checkValue, quoted } from "./check-value";
import { Rules } from "./dependencies";
import { INTENTS, type IntentName, type IntentValue, type IntentValues } from "./intents";
import { nextValues, valueIn } from "./next-values";
import { describe, type Offered, type Resolutions } from "./resolve-intents";
import { writeIntent } from "./vocabulary";

/** What is wanted of a BIOS: intents, and attributes by their own names. */
export interface WantedSettings {
  readonly intents: IntentValues;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** A setting that the BIOS cannot have as wanted. */
export interface SettingProblem extends Problem {
  /** The intent that asks for it; absent for an attribute wanted by its own name. */
  readonly intent?: IntentName;
  /** The name, where the BIOS has no attribute of that name. */
  readonly unknownName?: string;
}

export interface WritePlan {
  /** Each wanted attribute and its value, also where it has that value already. */
  readonly values: ReadonlyMap<string, AttributeValue>;
  /** Everything that stands against it, in the order of what is wanted. */
  readonly problems: readonly SettingProblem[];
  /** What does not come back, and why. What yields to a wanted entry is not among them. */
  readonly left: readonly SettingProblem[];
}

const NOTHING: WantedSettings = { intents: {}, attributes: {} };

/** A value for an attribute, and where in the inputs it is asked for. */
interface Claim {
  readonly path: string;
  readonly intent?: IntentName;
  readonly attribute: string;
  readonly value: AttributeValue;
}

/**
 * Translates what is wanted into attributes, and holds it against registry and rules. `restored` are values from before
 * that come back beside it, as far as they can: nobody could change a program so that they fit.
 */
export function planWrites(
  reading: BiosReading,
  resolutions: Resolutions,
  wanted: WantedSettings,
  restored: WantedSettings = NOTHING,
): WritePlan {
  const { claims, problems } = claimsOf(reading, resolutions, wanted);
  const { values, conflicts } = join(claims);
  const back = planRestored(reading, resolutions, restored, values);
  const all = new Map([...values, ...back.values]);
  return { values: all, problems: [...problems, ...conflicts, ...findLocks(reading, claims, all)], left: back.left };
}

/** The attributes that the entries set. */
export function attributesOf(resolutions: Resolutions, { intents, attributes }: WantedSettings): ReadonlySet<string> {
  const offered = INTENTS.flatMap((intent) => {
    const resolution = resolutions[intent];
    return intents[intent] !== undefined && "offered" in resolution ? [resolution.offered.attribute] : [];
  });
  return new Set([...offered, ...Object.keys(attributes)]);
}

function planRestored(
  reading: BiosReading,
  resolutions: Resolutions,
  restored: WantedSettings,
  taken: ReadonlyMap<string, AttributeValue>,
): { values: Map<string, AttributeValue>; left: SettingProblem[] } {
  const { claims, problems } = claimsOf(reading, resolutions, restored);
  const free = claims.filter(({ attribute }) => !taken.has(attribute));
  const { values, conflicts } = join(free);
  const locks = reading.registry ? findShut(reading, reading.registry, free, new Map([...taken, ...values])) : [];
  for (const { attribute } of locks) values.delete(attribute);
  return { values, left: [...problems, ...conflicts, ...locks.map(({ problem }) => problem)] };
}

/**
 * What cannot come back. One that goes back may lock another that does, as it was before both were written: that one is
 * open until the boot, so it is held against the values before the write too.
 */
function findShut(
  reading: BiosReading,
  registry: AttributeRegistry,
  claims: readonly Claim[],
  values: ReadonlyMap<string, AttributeValue>,
): { attribute: string; problem: SettingProblem }[] {
  const next = nextValues(reading);
  const before = new Rules(registry, next);
  const after = new Rules(registry, { ...next, ...Object.fromEntries(values) });
  return claims.flatMap(({ path, intent, attribute, value }) => {
    const now = valueIn(next, attribute) ?? null;
    if (now === value || lockMessage(after, attribute, value, now) === undefined) return [];
    const message = lockMessage(before, attribute, value, now);
    return message === undefined ? [] : [{ attribute, problem: { path, ...(intent && { intent }), message } }];
  });
}

function claimsOf(reading: BiosReading, resolutions: Resolutions, wanted: WantedSettings) {
  const problems: SettingProblem[] = [];
  const claims: Claim[] = [];
  const take = (found: Claim | SettingProblem) => ("message" in found ? problems.push(found) : claims.push(found));
  for (const intent of INTENTS) {
    const value = wanted.intents[intent];
    if (value !== undefined) take(claimIntent(intent, value, resolutions));
  }
  for (const [name, value] of Object.entries(wanted.attributes)) take(claimAttribute(name, value, reading));
  return { claims, problems };
}

function claimIntent(intent: IntentName, wanted: IntentValue, resolutions: Resolutions): Claim | SettingProblem {
  const path = joinPath("intents", intent);
  const resolution = resolutions[intent];
  if ("notOffered" in resolution) return { path, intent, message: `is not offered: ${resolution.notOffered}` };
  const { offered } = resolution;
  const said = typeof wanted === "string" ? meaningFor(offered, wanted) : undefined;
  if (said !== undefined)
    return { path, intent, message: `${quoted(wanted)} is how this BIOS says ${said}; write ${said}` };
  const value = writeIntent(offered.vocabulary, wanted);
  if (value !== undefined) return { path, intent, attribute: offered.attribute, value };
  return { path, intent, message: `${describe(offered)} cannot be ${quoted(wanted)}; it can be ${choicesOf(offered)}` };
}

/** What a value's own name means: it reads as that, so it must be said as that. */
function meaningFor({ vocabulary }: Offered, name: string): string | undefined {
  const value = vocabulary.named(name);
  const found = value === undefined ? undefined : [...vocabulary.values].find(([, one]) => one === value);
  return found && String(found[0]);
}

function choicesOf({ vocabulary: { values, listed } }: Offered): string {
  const written = new Set([...values.values()].map(String));
  const others = listed.filter((name) => !written.has(name)).map(quoted);
  return [...[...values.keys()].map(String), ...others].join(", ");
}

function claimAttribute(
  name: string,
  value: AttributeValue,
  { registry, current, pending }: BiosReading,
): Claim | SettingProblem {
  const path = joinPath("attributes", name);
  const now = valueIn(current, name) ?? valueIn(pending, name);
  const described = registry?.attributes.find((attribute) => attribute.name === name);
  if (!described && (registry || now === undefined)) {
    return { path, unknownName: name, message: "the BIOS has no attribute of this name" };
  }
  if (described?.type === "Password") {
    return { path, message: "is a password, which cannot be read back; set it in the BMC" };
  }
  if (now === undefined) {
    return { path, message: "the registry has it, but this machine's BIOS shows no value of it; leave it out" };
  }
  const wrong = described ? checkValue(described, value, now) : checkTypeOnly(value, now);
  return wrong === undefined ? { path, attribute: name, value } : { path, message: wrong };
}

/** Two that ask for one attribute must ask for the same: Dell has one switch for virtualization and IOMMU. */
function join(claims: readonly Claim[]): { values: Map<string, AttributeValue>; conflicts: SettingProblem[] } {
  const first = new Map<string, Claim>();
  const conflicts: SettingProblem[] = [];
  for (const claim of claims) {
    const other = first.get(claim.attribute);
    if (!other) first.set(claim.attribute, claim);
    else if (other.value !== claim.value) {
      const both = `${other.path} asks for ${quoted(other.value)}, ${claim.path} for ${quoted(claim.value)}`;
      conflicts.push({
        path: claim.path,
        message: `sets ${claim.attribute}, and so does ${other.path}: ${both}; let them agree`,
      });
    }
  }
  return { values: new Map([...first].map(([name, { value }]) => [name, value])), conflicts };
}

/** What cannot be written by the registry's rules, once all that is wanted is in place. */
function findLocks(
  reading: BiosReading,
  claims: readonly Claim[],
  values: ReadonlyMap<string, AttributeValue>,
): SettingProblem[] {
  if (!reading.registry) return [];
  const next = nextValues(reading);
  const rules = new Rules(reading.registry, { ...next, ...Object.fromEntries(values) });
  return claims
    .filter(({ attribute, value }) => valueIn(next, attribute) !== value)
    .flatMap(({ path, intent, attribute, value }) => {
      const message = lockMessage(rules, attribute, value, valueIn(next, attribute) ?? null);
      return message === undefined ? [] : [{ path, ...(intent && { intent }), message }];
    });
}

function lockMessage(rules: Rules, attribute: string, value: AttributeValue, next: AttributeValue): string | undefined {
  const lock = rules.lockOf(attribute);
  if (lock !== undefined) return `${attribute} ${lock}, so it stays ${quoted(next)}`;
  const forced = rules.forcedValue(attribute);
  if (!forced || forced.value === value) return undefined;
  return `${attribute} is made ${quoted(forced.value)} while ${forced.because}, so it cannot be ${quoted(value)}`;
}
