import { createHash } from "node:crypto";
import type { Keys } from "../../../core/diff/path";
import { overlaps } from "../../../core/diff/path";
import type { PlainObject } from "../../../core/diff/plain";
import { signatureKey, signatures, unknownSentinels } from "../../../provider/protocol/sentinels";
import { between, chance, type Draw, oneOf } from "./hostile-draw";
import { mutations, pick } from "./hostile-mutations";
import { put } from "./hostile-places";
import type { Subject, Wrong } from "./hostile-subject";
import { hostileText } from "./hostile-values";

/** One hostile input, and what its answer is held against. */
export interface HostileInput extends Wrong {
  readonly kind: string;
  /** As it is sent: with secrets and output values around some of its values, or as JSON text. */
  readonly wire: PlainObject;
  /** Texts that no answer may quote. */
  readonly secrets: readonly string[];
}

/** Inputs of a subject that are surely wrong, no two of them the same. */
export function* hostileInputs(subject: Subject, draw: Draw): Generator<HostileInput, never> {
  const seen = new Set<string>();
  for (;;) {
    const made = makeOne(subject, draw);
    if (!made) continue;
    const hash = createHash("sha1").update(JSON.stringify(made.wire)).digest("base64");
    if (seen.has(hash)) continue;
    seen.add(hash);
    yield made;
  }
}

function makeOne(subject: Subject, draw: Draw): HostileInput | undefined {
  const sample = oneOf(draw, subject.samples);
  const nonsense = Object.keys(subject.nonsense);
  const kinds = [...Object.keys(mutations), SECRET_TEXT];
  const kind = chance(draw, 30) ? oneOf(draw, nonsense) : oneOf(draw, kinds);
  if (kind === SECRET_TEXT) return secretText(subject, sample, draw);
  const wrong = mutations[kind]?.(subject, sample, draw) ?? subject.nonsense[kind]?.(sample, draw);
  if (!wrong) return undefined;
  const beside = kind in mutations && chance(draw, 30) ? withUnknowns(wrong, draw) : wrong;
  const wire = chance(draw, 30) ? wrapped(beside.inputs, beside.at[0] ?? [], draw) : beside.inputs;
  return { ...beside, kind, secrets: [], wire: asTexts(subject, wire, draw) };
}

const SECRET_TEXT = "secret text";

/** A text of no use to the field, secret at its own place or at one above, which no answer may quote. */
function secretText(subject: Subject, sample: PlainObject, draw: Draw): HostileInput | undefined {
  const token = `S3cr3t${between(draw, 1e6, 1e9)}`;
  const found = pick(Object.keys(subject.texts), sample, draw);
  if (!found) return undefined;
  const { keys } = found;
  // No field takes a line break with a quotation mark.
  const more = hostileText(draw);
  const text = oneOf(draw, [
    `${token}"\n${more}`,
    `"\n${more}${token}`,
    `\n${token}'"${token}`,
    `${token}"\n${"x".repeat(500)}`,
  ]);
  const inputs = put(sample, keys, text);
  // Of secret JSON, the secret fields alone are hidden, because nobody could mend a connection that is hidden whole.
  const secretAt = subject.json ? keys.length : between(draw, 1, keys.length);
  const wire = wrapped(inputs, keys.slice(0, secretAt), draw, true);
  return { kind: SECRET_TEXT, inputs, at: [keys], secrets: [token], wire };
}

/** Other fields become unknown: what is wrong is said all the same. */
function withUnknowns(wrong: Wrong, draw: Draw): Wrong {
  const touched = new Set(wrong.at.map(([key]) => key));
  let { inputs } = wrong;
  for (const key of Object.keys(inputs)) {
    if (touched.has(key) || chance(draw, 50)) continue;
    inputs = put(inputs, [key], oneOf(draw, Object.values(unknownSentinels)));
  }
  return { ...wrong, inputs };
}

/** Secret or an output value, at the place or at one above it. */
function wrapped(inputs: PlainObject, keys: Keys, draw: Draw, there = false): PlainObject {
  if (keys.length === 0) return inputs;
  const at = there ? keys : keys.slice(0, between(draw, 1, keys.length));
  const value = at.reduce<unknown>((value, key) => (value as PlainObject | undefined)?.[key], inputs);
  if (value === undefined) return inputs;
  const wrapper = oneOf(draw, [
    { [signatureKey]: signatures.secret, value },
    { [signatureKey]: signatures.output, value, secret: true, dependencies: ["urn:pulumi:a::b::c::d"] },
  ]);
  return put(inputs, at, wrapper);
}

/** Configuration comes as JSON text too. */
function asTexts({ json }: Subject, inputs: PlainObject, draw: Draw): PlainObject {
  if (!json || chance(draw, 60)) return inputs;
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      typeof value === "object" && value !== null ? JSON.stringify(value) : value,
    ]),
  );
}

/** Whether one of two places is at, above or below the other. */
export const related = (keys: Keys, places: readonly Keys[]): boolean => places.some((one) => overlaps(keys, one));
