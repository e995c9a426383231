import type { AttributeValue, BiosReading, RegistryAttribute } from "./bios-reading";
import { fitOf, isOfOneDevice, wordsOf } from "./display-names";
import { INTENT_KINDS, INTENTS, type IntentName } from "./intents";
import { KNOWN_NAMES, type KnownName, nameForms, plainName } from "./known-names";
import { valueIn } from "./next-values";
import { registryVocabulary, seenVocabulary, type Vocabulary } from "./vocabulary";

/** The attribute that decides an intent on one BIOS. */
export interface Offered {
  readonly attribute: string;
  readonly displayName?: string;
  readonly how: "known name" | "display name";
  readonly vocabulary: Vocabulary;
}

export type Resolution = { readonly offered: Offered } | { readonly notOffered: string };
export type Resolutions = Readonly<Record<IntentName, Resolution>>;

export type Settings = Pick<BiosReading, "registry" | "current" | "pending">;

/** Finds for each intent the attribute that decides it, or why there is none. */
export function resolveIntents(settings: Settings): Resolutions {
  const candidates = candidatesOf(settings);
  return Object.fromEntries(INTENTS.map((intent) => [intent, resolve(intent, candidates, settings)])) as Resolutions;
}

/** The offer of each intent that has one. */
export function offersOf(resolutions: Resolutions): ReadonlyMap<IntentName, Offered> {
  return new Map(
    INTENTS.flatMap((intent) => {
      const resolution = resolutions[intent];
      return "offered" in resolution ? [[intent, resolution.offered] as const] : [];
    }),
  );
}

/** An attribute that may decide something: what is known of it, and its value. */
interface Candidate {
  readonly name: string;
  readonly nameForms: readonly string[];
  readonly described: RegistryAttribute | undefined;
  /** Its display name in plain words; empty where it has none. */
  readonly words: string;
  readonly current: AttributeValue;
}

/** A registry may describe a whole family of machines; what this one has not, it does not show. */
function candidatesOf({ registry, current, pending }: Settings): Candidate[] {
  const described: readonly { name: string; attribute?: RegistryAttribute }[] =
    registry?.attributes.map((attribute) => ({ name: attribute.name, attribute })) ??
    Object.keys(current).map((name) => ({ name }));
  return described.flatMap(({ name, attribute }) => {
    const now = valueIn(current, name) ?? valueIn(pending, name);
    if (now === undefined) return [];
    const words = wordsOf(attribute?.displayName ?? "");
    return [{ name, nameForms: nameForms(name), described: attribute, words, current: now }];
  });
}

function resolve(intent: IntentName, candidates: readonly Candidate[], settings: Settings): Resolution {
  for (const known of KNOWN_NAMES[intent]) {
    const found = choose(intent, candidatesNamed(known, intent, candidates), "known name");
    if (found) return found;
  }
  if (!settings.registry) {
    return { notOffered: "the BMC offers no attribute registry, and no attribute has a name that is known for it" };
  }
  const fitting = candidates
    .map((candidate) => ({ candidate, fit: fitOf(intent, candidate.words) }))
    .filter(({ candidate, fit }) => fit !== undefined && !isOfOneDevice(candidate.described?.menuPath));
  for (const wanted of ["whole", "words"] as const) {
    const named = fitting.filter(({ fit }) => fit === wanted).map(({ candidate }) => candidate);
    const found = choose(intent, named, "display name");
    if (found) return found;
  }
  return { notOffered: "the BIOS has no attribute for it, by its registry" };
}

function candidatesNamed(
  { name, beside, code }: KnownName,
  intent: IntentName,
  candidates: readonly Candidate[],
): readonly Candidate[] {
  if (beside !== undefined && !candidates.some((other) => other.name === beside)) return [];
  const form = plainName(name);
  const agrees = ({ words }: Candidate) => !code || words === "" || fitOf(intent, words) !== undefined;
  return candidates.filter((candidate) => candidate.nameForms.includes(form) && agrees(candidate));
}

/** The one of several that can be meant: with values that say something, and not out of sight where another is in it. */
function choose(intent: IntentName, named: readonly Candidate[], how: Offered["how"]): Resolution | undefined {
  const offers = named
    .map((candidate) => ({ candidate, offered: offerOf(intent, candidate, how) }))
    .filter(({ offered }) => offered.vocabulary.values.size > 0);
  const open = offers.filter(({ candidate: { described } }) => !described?.hidden && !described?.readOnly);
  const left = open.length > 0 ? open : offers;
  if (left.length > 1) {
    const names = left.map(({ offered }) => describe(offered)).join(", ");
    return { notOffered: `several attributes may be meant: ${names}; set the right one by its name in attributes` };
  }
  const [only] = left;
  if (only) return { offered: only.offered };
  const [mute] = named.filter(({ described }) => described?.readOnly !== true);
  if (!mute) return undefined;
  return {
    notOffered: `the values of ${mute.name} say nothing known (now ${String(mute.current)}); set it by its name in attributes`,
  };
}

function offerOf(intent: IntentName, { name, described, current }: Candidate, how: Offered["how"]): Offered {
  const kind = INTENT_KINDS[intent];
  const vocabulary = described ? registryVocabulary(kind, described, current) : seenVocabulary(kind, name, current);
  const displayName = described?.displayName;
  return { attribute: name, ...(displayName !== undefined && { displayName }), how, vocabulary };
}

/** An attribute as messages name it: `PCIS007 (SR-IOV Support)`. */
export const describe = ({ attribute, displayName }: { attribute: string; displayName?: string }): string =>
  displayName === undefined ? attribute : `${attribute} (${displayName})`;
