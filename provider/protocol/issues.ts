import { z } from "zod";
import { valueAt } from "../../core/diff/merge";
import { formatPath, type Keys } from "../../core/diff/path";
import { Unknown } from "../../core/diff/unknown";
import { nearest } from "../../core/nearest";
import type { Problem } from "../../core/problems";
import { type AnySchema, unwrap } from "./zod-schema";

type RawIssue = z.core.$ZodRawIssue;
type Issue = z.core.$ZodIssue;

/** A zod run's issues as problems; those at or below an unknown value are left out, because anything may come there. */
export function problemsOf(raw: readonly RawIssue[], input: unknown): Problem[] {
  const issues = raw.map(
    (issue) => z.core.util.finalizeIssue(issue, { error: wording }, z.core.config()) as Issue & { inst?: AnySchema },
  );
  const schemas = raw.map((issue) => issue.inst as AnySchema | undefined);
  return issues.flatMap((issue, index) => toProblems(issue, [], input, schemas[index]));
}

function toProblems(issue: Issue, above: Keys, input: unknown, schema?: AnySchema): Problem[] {
  const keys = [...above, ...issue.path.map((key) => (typeof key === "symbol" ? String(key) : key))];
  if (touchesUnknown(input, keys)) return [];
  if (issue.code === "invalid_union") return unionProblems(issue, keys, input);
  if (issue.code === "invalid_key") {
    return issue.issues.map((inner) => ({
      path: formatPath(keys),
      message: `The key is not allowed: it ${inner.message}.`,
    }));
  }
  if (issue.code === "unrecognized_keys") {
    const known = schema ? Object.keys(unwrap(schema).definition.shape ?? {}) : [];
    return issue.keys.map((key) => ({ path: formatPath([...keys, key]), message: unrecognized(key, known) }));
  }
  return [{ path: formatPath(keys), message: sentence(issue.message) }];
}

/** The issues of the alternative that was most likely meant: the one whose issues are deepest, then fewest. */
function unionProblems(issue: Extract<Issue, { code: "invalid_union" }>, keys: Keys, input: unknown): Problem[] {
  if (valueAt(input, keys) === undefined) return [{ path: formatPath(keys), message: "Is required." }];
  const options = issue.errors.map((errors) => ({
    errors,
    problems: errors.flatMap((inner) => toProblems(inner, keys, input)),
    wrongType: errors.some((inner) => inner.path.length === 0 && inner.code === "invalid_type"),
  }));
  // An alternative whose only issues are at unknown values may yet fit.
  if (options.some(({ problems }) => problems.length === 0)) return [];
  const fitting = options.filter(({ wrongType }) => !wrongType).sort((a, b) => a.problems.length - b.problems.length);
  if (fitting[0]?.errors.some((inner) => inner.path.length > 0)) return fitting[0].problems;
  const wordings = options.flatMap(({ errors }) => errors.map((inner) => inner.message.replace(/\.$/, "")));
  return [{ path: formatPath(keys), message: sentence([...new Set(wordings)].join(", or ")) }];
}

function touchesUnknown(input: unknown, keys: Keys): boolean {
  return (
    keys.some((_, length) => valueAt(input, keys.slice(0, length)) instanceof Unknown) ||
    valueAt(input, keys) instanceof Unknown
  );
}

function unrecognized(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  if (meant) return `There is no such field; did you mean ${meant}?`;
  return known.length > 0 ? `There is no such field; there are ${known.join(", ")}.` : "There is no such field.";
}

/** Zod's own wording, in this project's style: "must be ...". A message written in the schema comes first. */
export const wording = (issue: z.core.$ZodRawIssue): string | undefined => {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is required";
      return `must be ${withArticle(String(issue.expected))}, not ${typeName(issue.input)}`;
    case "invalid_value":
      return `must be ${listed((issue.values as unknown[]).map((value) => JSON.stringify(value)))}`;
    case "too_small":
    case "too_big":
      return sizeWording(issue);
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    default:
      return undefined;
  }
};

function sizeWording(issue: RawIssue): string {
  const small = issue.code === "too_small";
  const limit = small ? issue.minimum : issue.maximum;
  const bound = issue.inclusive === false ? (small ? "more than" : "less than") : small ? "at least" : "at most";
  if (issue.origin === "string") return `must have ${bound} ${limit} characters`;
  if (issue.origin === "array" || issue.origin === "set") return `must have ${bound} ${limit} items`;
  return `must be ${bound} ${limit}`;
}

const typeNames: Readonly<Record<string, string>> = {
  record: "map",
  array: "list",
  int: "whole number",
  nonoptional: "value",
};

function withArticle(type: string): string {
  const name = typeNames[type] ?? type;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

/** Names the type alone: the value may be a secret. */
function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number" && !Number.isInteger(value)) return "a fraction";
  return withArticle(typeof value);
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `one of ${items.join(", ")}`;
}

function sentence(message: string): string {
  const text = message.trim().replace(/^[a-z]/, (letter) => letter.toUpperCase());
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
