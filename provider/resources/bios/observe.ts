import type { Attributes, AttributeValue } from "../../../core/bios/bios-reading";
import { bootNeedOf } from "../../../core/bios/boot-need";
import { INTENTS, type IntentName, type IntentValue } from "../../../core/bios/intents";
import { nextValues, valueIn } from "../../../core/bios/next-values";
import { type Offered, offersOf, type Resolutions } from "../../../core/bios/resolve-intents";
import { readIntent } from "../../../core/bios/vocabulary";
import { isPlainObject } from "../../../core/diff/plain";
import type { Look } from "./looks";
import type { BiosInputs, BiosOutputs } from "./shapes";

export type ObservedBios = Omit<BiosOutputs, "need">;

/**
 * A look as the resource's outputs. `inputs` and `known` tell which attributes are wanted by name; `known` also what was
 * in force when it was last seen, where the BMC shows scheduled values alone.
 */
export function observedBios(
  { reading, resolutions, inForce }: Look,
  key: { readonly system: string | undefined },
  inputs: BiosInputs | undefined,
  known: Partial<BiosOutputs> | undefined,
): ObservedBios {
  const offers = [...offersOf(resolutions)];
  const next = nextValues(reading);
  const names = [...new Set([inputs?.attributes, known?.attributes].flatMap(keysOf))];
  const { id, manufacturer, model, biosVersion } = reading.system;
  const { registry, registryProblem, job } = reading;
  return {
    ...(key.system !== undefined && { system: key.system }),
    intents: intentsFrom(offers, ({ attribute }) => valueIn(next, attribute)) as BiosOutputs["intents"],
    attributes: valuesOf(names, (name) => valueIn(next, name)),
    running: {
      intents: {
        ...lastKnown(known?.running?.intents, offers, inForce),
        ...intentsFrom(offers, ({ attribute }) => valueIn(inForce, attribute)),
      } as BiosOutputs["intents"],
      attributes: valuesOf(names, (name) => valueIn(inForce, name) ?? lastValue(known, name)),
    },
    resolved: resolvedFrom(offers, (name) => valueIn(next, name)),
    notOffered: reasonsOf(resolutions),
    pending: valuesOf(Object.keys(reading.pending), (name) => reading.pending[name]),
    failures: reading.failures.map(({ message, attributes }) => ({ message, attributes: [...attributes] })),
    ...(job !== undefined && { job }),
    systemId: id,
    ...(manufacturer !== undefined && { manufacturer }),
    ...(model !== undefined && { model }),
    ...(biosVersion !== undefined && { biosVersion }),
    ...(registry && { registry: registry.id }),
    ...(registryProblem !== undefined && { registryProblem }),
    bootNeed: bootNeedOf(reading, inForce),
  };
}

type Offers = readonly (readonly [IntentName, Offered])[];

/** By which attribute each offered intent is set, with the value that it will have. */
export function resolvedFrom(
  offers: Offers,
  next: (attribute: string) => AttributeValue | undefined,
): BiosOutputs["resolved"] {
  return Object.fromEntries(
    offers.flatMap(([intent, { attribute, displayName, how }]) => {
      const value = next(attribute) ?? undefined;
      if (value === undefined) return [];
      return [[intent, { attribute, ...(displayName !== undefined && { displayName }), value, how }]];
    }),
  );
}

function intentsFrom(
  offers: Offers,
  value: (offered: Offered) => AttributeValue | undefined,
): Partial<Record<IntentName, IntentValue>> {
  const found = offers.flatMap(([intent, offered]) => {
    const raw = value(offered);
    const read = raw === undefined ? undefined : readIntent(offered.vocabulary, raw);
    return read === undefined ? [] : [[intent, read] as const];
  });
  return Object.fromEntries(found);
}

/** Of intents whose value in force this process was never told, what the state knows. */
function lastKnown(
  running: Readonly<Partial<Record<IntentName, IntentValue | undefined>>> | undefined,
  offers: Offers,
  inForce: Attributes,
): Partial<Record<IntentName, IntentValue>> {
  const untold = offers.filter(([, { attribute }]) => valueIn(inForce, attribute) === undefined);
  return Object.fromEntries(
    untold.flatMap(([intent]) => (running?.[intent] === undefined ? [] : [[intent, running[intent]]])),
  );
}

function lastValue(known: Partial<BiosOutputs> | undefined, name: string): AttributeValue | undefined {
  return known?.running && valueIn(known.running.attributes, name);
}

function reasonsOf(resolutions: Resolutions): BiosOutputs["notOffered"] {
  return Object.fromEntries(
    INTENTS.flatMap((intent) => {
      const resolution = resolutions[intent];
      return "notOffered" in resolution ? [[intent, resolution.notOffered]] : [];
    }),
  );
}

/** Values by name, without those that are not there: a BMC shows null for what it does not tell. */
function valuesOf(
  names: readonly string[],
  value: (name: string) => AttributeValue | undefined,
): Record<string, string | number | boolean> {
  const found = names.map((name) => [name, value(name)] as const);
  return Object.fromEntries(found.flatMap(([name, one]) => (one === undefined || one === null ? [] : [[name, one]])));
}

/** The map may be unknown as a whole, or absent from the state of a create that failed. */
const keysOf = (map: unknown): string[] => (isPlainObject(map) ? Object.keys(map) : []);
