import type { AttributeValue, RegistryAttribute } from "./bios-reading";
import { type IntentKind, type IntentValue, NODES_PER_SOCKET, READ_REQUEST_BYTES } from "./intents";
import { impliedMeaning, type Meaning, meaningOf } from "./value-meaning";

/** How an attribute says the values of an intent. */
export interface Vocabulary {
  /** Each meaning that it has a value for, and that value. */
  readonly values: ReadonlyMap<Meaning, AttributeValue>;
  /** The values that the registry lists, by their names. */
  readonly listed: readonly string[];
  /** The value of that name, also one without a meaning; undefined where the attribute cannot have it. */
  named(name: string): AttributeValue | undefined;
}

/** What a value of the attribute is to the intent: its meaning, or its own name where it has none. */
export function readIntent({ values }: Vocabulary, value: AttributeValue): IntentValue | undefined {
  for (const [meaning, known] of values) if (known === value) return meaning;
  return value === null ? undefined : String(value);
}

/** The value that sets the intent; undefined where the attribute has none for it. */
export function writeIntent(vocabulary: Vocabulary, wanted: IntentValue): AttributeValue | undefined {
  return typeof wanted === "string" ? vocabulary.named(wanted) : vocabulary.values.get(wanted);
}

/** The vocabulary of an attribute that the registry describes. `current` tells how its values are typed. */
export function registryVocabulary(
  kind: IntentKind,
  attribute: RegistryAttribute,
  current: AttributeValue,
): Vocabulary {
  if (attribute.type === "Boolean") return boolean(kind);
  if (attribute.type === "Integer") return integer(kind, attribute.lowerBound ?? 0, attribute.upperBound ?? Infinity);
  const listed = (attribute.values ?? []).map(({ name }) => name);
  const typed = (name: string): AttributeValue => (typeof current === "number" ? Number(name) : name);
  const values = new Map<Meaning, AttributeValue>();
  // What is said outright goes before what is only implied, and the first of two that say the same is the one to write.
  for (const read of [meaningOf, impliedMeaning]) {
    for (const { name, displayName } of attribute.values ?? []) {
      const meaning = read(kind, displayName ?? "") ?? read(kind, withoutPrefix(attribute.name, name));
      const isTaken = [...values.values()].includes(typed(name));
      if (meaning !== undefined && !values.has(meaning) && !isTaken) values.set(meaning, typed(name));
    }
  }
  return { values, listed, named: (name) => (listed.includes(name) ? typed(name) : undefined) };
}

const NONE = { listed: [], named: () => undefined };

function boolean(kind: IntentKind): Vocabulary {
  const values: [Meaning, AttributeValue][] = [
    [true, true],
    [false, false],
  ];
  return { ...NONE, values: new Map(kind === "switch" ? values : []) };
}

function integer(kind: IntentKind, lowest: number, highest: number): Vocabulary {
  const fits = (number: number) => number >= lowest && number <= highest;
  const named = (name: string) => (/^-?\d+$/.test(name) && fits(Number(name)) ? Number(name) : undefined);
  if (kind === "switch") {
    const isSwitch = lowest === 0 && highest === 1;
    const values: [Meaning, AttributeValue][] = [
      [true, 1],
      [false, 0],
    ];
    return { values: new Map(isSwitch ? values : []), listed: [], named };
  }
  const numbers = numbersOf(kind).filter(fits);
  return { values: new Map(numbers.map((number) => [number, number])), listed: [], named };
}

const numbersOf = (kind: "bytes" | "nodes"): readonly number[] =>
  kind === "bytes" ? READ_REQUEST_BYTES : NODES_PER_SOCKET;

/** AMI puts the attribute's own name before each value: PCIS007Enabled. */
const withoutPrefix = (attribute: string, value: string): string =>
  value.startsWith(attribute) ? value.slice(attribute.length) : value;

/** Words that go together: where a BIOS says the one, it says the other too. */
const PAIRS = [
  ["Enabled", "Disabled"],
  ["Enable", "Disable"],
  ["On", "Off"],
  ["Yes", "No"],
].flatMap(([on = "", off = ""]) => [
  [on, off],
  [on.toLowerCase(), off.toLowerCase()],
  [on.toUpperCase(), off.toUpperCase()],
]);

/** The vocabulary of an attribute that no registry describes, from the one value that is seen of it. */
export function seenVocabulary(kind: IntentKind, name: string, current: AttributeValue): Vocabulary {
  if (typeof current === "boolean") return boolean(kind);
  if (typeof current === "number") return integer(kind, 0, kind === "switch" ? 1 : Infinity);
  if (current === null) return { ...NONE, values: new Map() };
  const said = withoutPrefix(name, current);
  const prefix = current.slice(0, current.length - said.length);
  const spelt = kind === "switch" ? spellSwitch(said) : spellNumbers(kind, said);
  const values = new Map(spelt.map(([meaning, text]) => [meaning, prefix + text]));
  // Nobody lists the other values, so a name is taken as it is said; the BMC judges it.
  return { values, listed: [], named: (text) => text };
}

function spellSwitch(said: string): [Meaning, string][] {
  const [on, off] = PAIRS.find((pair) => pair.includes(said)) ?? [];
  if (on === undefined || off === undefined) return [];
  return [
    [true, on],
    [false, off],
  ];
}

/** Only a text that has its number in digits tells how the others are written. */
function spellNumbers(kind: "bytes" | "nodes", said: string): [Meaning, string][] {
  const now = meaningOf(kind, said);
  if (typeof now !== "number" || !said.includes(String(now))) return [];
  return numbersOf(kind).map((number) => [number, said.replace(String(now), String(number))]);
}
