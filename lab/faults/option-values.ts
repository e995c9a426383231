import { z } from "zod";

/** Options come as text from a command line, and as what they are from a test. */
const fromText = (value: unknown): unknown =>
  typeof value === "string" && /^[+-]?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;

export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.preprocess(fromText, z.int({ error }).min(min, { error }).max(max, { error }));
}

export function seconds(max: number) {
  const error = `must be a number of seconds from 0 to ${max}`;
  return z.preprocess(fromText, z.number({ error }).min(0, { error }).max(max, { error }));
}

export function oneOf<const Values extends readonly number[]>(values: Values) {
  return z.preprocess(fromText, z.literal(values, { error: `must be one of ${values.join(", ")}` }));
}

export function yesOrNo() {
  const asText = (value: unknown): unknown => (typeof value === "boolean" ? String(value) : value);
  return z.preprocess(asText, z.stringbool({ error: "must be true or false" }));
}
