import type { CardQuery, ShownParameter, ShownValue } from "./card-query";
import type { CardAnswer } from "./host-reading";
import { fulfilled, holds, knownNames, knownParameter, type Need, nameParts } from "./known-parameters";
import type { ParameterValue, ParameterValues, WrittenValue } from "./parameter-value";

/** What a card says of the parameters that somebody asks about. */
export interface AdapterParameters {
  /** In force after the next boot. */
  readonly parameters: ParameterValues;
  /** In force now. */
  readonly running: ParameterValues;
  /** From the factory. */
  readonly defaults: ParameterValues;
  /** Name → why it cannot be set, or not yet. */
  readonly locked: Readonly<Record<string, string>>;
  /** Name → why this adapter does not have it. */
  readonly unsupported: Readonly<Record<string, string>>;
}

/** The card that was asked, as messages name it. */
export interface AskedCard {
  readonly query: CardQuery;
  readonly answer: CardAnswer;
  /** `mstconfig 4.35.0`. */
  readonly tool: string;
  readonly firmwareVersion?: string | undefined;
}

/** Finds a name that was probably meant. */
export type Nearest = (word: string, candidates: readonly string[]) => string | undefined;

/**
 * What the card says of parameters by name. `written` are the values as the program has them: where nobody knows the
 * number of a name, the card's value is told by name, too.
 */
export function parametersOf(
  card: AskedCard,
  names: Iterable<string>,
  written: Readonly<Record<string, WrittenValue>>,
  nearest: Nearest,
): AdapterParameters {
  const found = {
    parameters: {} as Record<string, ParameterValue>,
    running: {} as Record<string, ParameterValue>,
    defaults: {} as Record<string, ParameterValue>,
    locked: {} as Record<string, string>,
    unsupported: {} as Record<string, string>,
  };
  for (const name of names) {
    const shown = shownBy(card, name);
    if (typeof shown === "object") {
      const form = (value: ShownValue): ParameterValue => inForm(value, Object.hasOwn(written, name), written[name]);
      found.parameters[name] = form(shown.next);
      found.running[name] = form(shown.current);
      found.defaults[name] = form(shown.default);
      if (shown.readOnly) found.locked[name] = "the card marks it as read-only";
      continue;
    }
    const { locked, unsupported } =
      shown === undefined ? whyHidden(card, name, nearest) : { locked: undefined, unsupported: shown };
    if (locked !== undefined) found.locked[name] = locked;
    if (unsupported !== undefined) found.unsupported[name] = unsupported;
  }
  return found;
}

/** Elements of arrays among the names; a query of everything does not show them. */
export function elementsToAsk(query: CardQuery, names: Iterable<string>): string[] {
  return [...names].filter((name) => {
    const { whole, index } = nameParts(name);
    const length = query.parameters.get(whole)?.length;
    return index !== undefined && length !== undefined && index < length;
  });
}

/** Whether only the tool's own table can tell what a name is. */
export function needsListing(query: CardQuery, names: Iterable<string>): boolean {
  return [...names].some((name) => !query.parameters.has(nameParts(name).whole) && knownParameter(name) === undefined);
}

/** What the card shows of a parameter; a text says why it cannot be told, undefined where the card does not show it. */
function shownBy({ query, answer }: AskedCard, name: string): ShownParameter | string | undefined {
  const { whole, index } = nameParts(name);
  const shown = query.parameters.get(whole);
  if (shown === undefined) return undefined;
  const { length } = shown;
  if (index === undefined) {
    return length === undefined ? shown : `it is an array of ${length}; set its elements, ${name}[0], one by one`;
  }
  if (length === undefined) return `it is no array; write ${whole}`;
  return index < length ? answer.elements.get(name) : `the last element of the array is [${length - 1}]`;
}

function inForm({ value, name }: ShownValue, isWritten: boolean, written: WrittenValue | undefined): ParameterValue {
  if (!isWritten || typeof written !== "string" || name === undefined) return value;
  return name.toLowerCase() === written.toLowerCase() ? written : name;
}

function whyHidden(card: AskedCard, name: string, nearest: Nearest): { locked?: string; unsupported?: string } {
  const { query, answer, tool, firmwareVersion } = card;
  const { whole } = nameParts(name);
  const parameter = knownParameter(name);
  const adapter = `${query.deviceType} ${query.partNumber}${firmwareVersion ? ` with firmware ${firmwareVersion}` : ""}`;
  if (parameter === undefined) {
    if (answer.listed?.includes(whole)) {
      return {
        locked: `${adapter} does not show it, and which parameter unlocks it is not known: another one, or newer firmware`,
      };
    }
    const near = nearest(whole, [...new Set([...query.parameters.keys(), ...knownNames(), ...(answer.listed ?? [])])]);
    const hint = near === undefined ? "look at the names in its query" : `did you mean ${near}?`;
    return { unsupported: `neither this provider nor ${tool} knows a parameter of this name; ${hint}` };
  }
  const keys = parameter.needs.map((need) => ({ need, shown: query.parameters.get(need.name) }));
  const missing = keys.find(({ shown }) => shown === undefined);
  if (missing !== undefined) {
    return { unsupported: `${adapter} has no ${missing.need.name}, on which it depends` };
  }
  const isOpen = (need: Need, shown: ShownParameter | undefined): boolean =>
    holds(need, shown?.current.value) && holds(need, shown?.next.value);
  const closed = keys.filter(({ need, shown }) => !isOpen(need, shown)).map(({ need }) => fulfilled(need));
  if (closed.length === 0) {
    return {
      unsupported: `${adapter} does not support it: the firmware is too old for it, this model does not have it, or ${tool} is too old to show it`,
    };
  }
  const waits = keys.every(({ need, shown }) => holds(need, shown?.next.value));
  const how = waits ? "which is set and waits for a boot" : "in force after a boot";
  return { locked: `the card does not show it; ${closed.join(" and ")}, ${how}, probably unlocks it` };
}
