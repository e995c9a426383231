import type { Keys } from "../../../core/diff/path";
import { type PlainObject, setKey } from "../../../core/diff/plain";
import { signatureKey, signatures } from "../../../provider/protocol/sentinels";
import { between, chance, type Draw, oneOf } from "./hostile-draw";
import { drop, exists, fits, type Place, places, put } from "./hostile-places";
import type { Subject, Wrong } from "./hostile-subject";
import { hostileKey, hostileNumber, hostileText, junk, nested } from "./hostile-values";

/** Ways to make inputs wrong whatever they mean. Each gives undefined where the sample has no place for it. */
export type Mutation = (subject: Subject, sample: PlainObject, draw: Draw) => Wrong | undefined;

export const mutations: Readonly<Record<string, Mutation>> = {
  "wrong type": (subject, sample, draw) => {
    const { keys, value } = oneOf(draw, places(sample));
    return { inputs: put(sample, keys, otherType(subject, { keys, value }, draw)), at: [keys] };
  },

  "unknown field": (subject, sample, draw) => {
    const all = [[], ...matching(subject.objects, sample).map(({ keys }) => keys)];
    const within = oneOf(draw, all);
    const fields = places(sample).filter(({ keys }) => keys.length === within.length + 1 && startsWith(keys, within));
    const near = fields.map(({ keys }) => nearMiss(String(keys[keys.length - 1]), draw));
    const key = near.length > 0 && chance(draw, 40) ? oneOf(draw, near) : hostileKey(draw);
    if (exists(sample, [...within, key])) return undefined;
    return withKey(sample, within, key, junk(draw));
  },

  "key of a map": (subject, sample, draw) => {
    const found = pick(Object.keys(subject.maps), sample, draw);
    const key = hostileKey(draw);
    if (!found || subject.maps[found.pattern]?.test(key)) return undefined;
    return withKey(sample, found.keys, key, Object.values(found.value as PlainObject)[0] ?? 1);
  },

  "left out": (subject, sample, draw) => {
    const found = pick(subject.required, sample, draw);
    if (!found) return undefined;
    const { keys } = found;
    return { inputs: chance(draw, 50) ? drop(sample, keys) : put(sample, keys, null), at: [keys] };
  },

  "hostile text": (subject, sample, draw) => {
    const found = pick(Object.keys(subject.texts), sample, draw);
    if (!found) return undefined;
    const { keys, pattern } = found;
    const text = hostileText(draw);
    if (subject.texts[pattern]?.test(text)) return undefined;
    return { inputs: put(sample, keys, text), at: [keys] };
  },

  "hostile number": (subject, sample, draw) => {
    const found = pick(Object.keys(subject.integers), sample, draw);
    if (!found) return undefined;
    const { keys, pattern } = found;
    const number = hostileNumber(draw);
    const [least, most] = subject.integers[pattern] ?? [0, 0];
    if (Number.isInteger(number) && number >= least && number <= most) return undefined;
    return { inputs: put(sample, keys, number), at: [keys] };
  },

  "deep nesting": (subject, sample, draw) => {
    const place = oneOf(draw, places(sample));
    const inList = Array.isArray(place.value) ? false : chance(draw, 50) && !fitsAny(place.keys, subject.unions);
    // google-protobuf takes time by the square of the depth, so that most are just deep enough.
    const levels = chance(draw, 10) ? between(draw, 150, 300) : between(draw, 3, 40);
    return { inputs: put(sample, place.keys, nested(levels, inList)), at: [place.keys] };
  },

  "huge list": (subject, sample, draw) => {
    if (chance(draw, 90)) return undefined;
    const { keys, value } = oneOf(draw, places(sample));
    if (Array.isArray(value) || fitsAny(keys, subject.unions)) {
      return { inputs: put(sample, keys, Array(2000).fill({})), at: [keys] };
    }
    return { inputs: put(sample, keys, Array(2000).fill("x")), at: [keys] };
  },

  "huge map": (subject, sample, draw) => {
    if (chance(draw, 90)) return undefined;
    const found = pick(Object.keys(subject.maps), sample, draw);
    if (!found) return undefined;
    const { keys, value } = found;
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`<k${index}>`, true]));
    return { inputs: put(sample, keys, { ...(value as PlainObject), ...many }), at: [keys] };
  },

  "asset, archive or resource": (_subject, sample, draw) => {
    const { keys } = oneOf(draw, places(sample));
    const special = oneOf(draw, [
      { [signatureKey]: signatures.asset, text: "x" },
      { [signatureKey]: signatures.asset, path: "/etc/passwd" },
      { [signatureKey]: signatures.archive, assets: {} },
      { [signatureKey]: signatures.resource, urn: "urn:pulumi:a::b::c::d", id: "x" },
    ]);
    return { inputs: put(sample, keys, special), at: [keys] };
  },

  "malformed special value": (_subject, sample, draw) => {
    const { keys } = oneOf(draw, places(sample));
    const special = oneOf(draw, [
      { [signatureKey]: "nonsense", value: 1 },
      { [signatureKey]: "", value: 1 },
      { [signatureKey]: 5 },
      { [signatureKey]: {} },
      { [signatureKey]: signatures.secret },
    ]);
    return { inputs: put(sample, keys, special), at: [keys] };
  },
};

/** A value of a type that the place never takes. */
function otherType({ unions, json }: Subject, { keys, value }: Place, draw: Draw): unknown {
  const object: PlainObject = {};
  setKey(object, hostileKey(draw), 1);
  if (fitsAny(keys, unions)) return oneOf(draw, [true, object]);
  const others = [17, true, [], object, "neither here nor there"];
  const kindOf = (one: unknown) => (Array.isArray(one) ? "list" : typeof one);
  // An object for an object would be one with an unknown field; a text may stand for a number or a boolean.
  const wrong = others.filter((other) => kindOf(other) !== kindOf(value));
  return oneOf(draw, json && typeof value === "string" ? wrong.filter((one) => typeof one !== "string") : wrong);
}

function nearMiss(key: string, draw: Draw): string {
  return oneOf(draw, [`${key}_`, `${key}${key.slice(-1)}x`, key.toUpperCase() === key ? `${key}q` : key.toUpperCase()]);
}

/**
 * The sample with one more key. google-protobuf's maps lose the key `__proto__` of a message without a word, so it alone
 * is not noticed: it comes with another one, and must do no harm.
 */
function withKey(sample: PlainObject, within: Keys, key: string, value: unknown): Wrong {
  const added = put(sample, [...within, key], value);
  if (key !== "__proto__") return { inputs: added, at: [[...within, key]] };
  const other = [...within, "<proto>"];
  return { inputs: put(added, other, value), at: [other] };
}

interface Matched extends Place {
  readonly pattern: string;
}

/** The sample's places that fit one of the patterns. */
function matching(patterns: readonly string[], sample: PlainObject): Matched[] {
  return places(sample).flatMap((place) => {
    const pattern = patterns.find((one) => fits(place.keys, one));
    return pattern === undefined ? [] : [{ ...place, pattern }];
  });
}

/** One of the sample's places that fit, if there is one. */
export function pick(patterns: readonly string[], sample: PlainObject, draw: Draw): Matched | undefined {
  const found = matching(patterns, sample);
  return found.length > 0 ? oneOf(draw, found) : undefined;
}

const fitsAny = (keys: Keys, patterns: readonly string[]) => patterns.some((pattern) => fits(keys, pattern));

const startsWith = (keys: Keys, prefix: Keys) => prefix.every((key, index) => key === keys[index]);
