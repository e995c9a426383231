import { deepEqual, ok } from "node:assert/strict";
import { type ServiceError, status } from "@grpc/grpc-js";
import type { CheckResponse } from "@pulumi/pulumi/proto/provider_pb";
import { formatPath, parsePath } from "../../../core/diff/path";
import { type HostileInput, related } from "./hostile-inputs";
import { exists, places } from "./hostile-places";

/** Longest message that a user is given for one problem. */
const MAX_MESSAGE = 2000;
/** Most problems that a user is given at once. */
const MAX_FAILURES = 500;

/** Kinds that are no values at all: an error of the whole request is an answer to them. */
const malformed = new Set(["malformed special value", "deep nesting", "values within values"]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal would obey them
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
const NOT_FOR_USERS = /internal error|\bundefined\b|\[object |\bNaN\b|\n\s+at |\.[jt]s:\d+|ZodError/;

/** What was seen of the answers, so that a test that sees nothing fails. */
export class Tally {
  readonly kinds = new Map<string, number>();
  readonly messages = new Set<string>();
  readonly paths = new Set<string>();
  refused = 0;

  count(input: HostileInput, failures: readonly Failure[]): void {
    this.kinds.set(input.kind, (this.kinds.get(input.kind) ?? 0) + 1);
    for (const { path, message } of failures) {
      this.messages.add(message.replace(/[\d"'].*$/s, ""));
      this.paths.add(path.slice(0, 200));
    }
  }
}

interface Failure {
  readonly path: string;
  readonly message: string;
}

/** Fails unless the answer says what is wrong, where, and nothing that it must not. */
export function judge(input: HostileInput, answer: CheckResponse | ServiceError, tally: Tally): void {
  if (answer instanceof Error) {
    judgeError(input, answer, tally);
    return;
  }
  const failures = answer.getFailuresList().map((one) => ({ path: one.getProperty(), message: one.getReason() }));
  tally.count(input, failures);
  ok(failures.length > 0, "the input passed");
  ok(failures.length <= MAX_FAILURES, `${failures.length} problems at once`);
  for (const { path, message } of failures) {
    judgeText(input, message);
    ok(!CONTROL.test(path), `the path has control characters: ${JSON.stringify(path)}`);
    for (const secret of input.secrets) ok(!path.includes(secret), "the path quotes a secret");
  }
  const strangers = failures.filter(({ path, message }) => !isPlace(input, path, message));
  deepEqual(strangers.slice(0, 3), [], "names places that are not in the input");
  const named = failures.some(({ path }) => related(parsePath(path) ?? [], input.at) || hasStrangeKey(input));
  ok(
    named,
    `none is at ${input.at.map(formatPath).join(", ").slice(0, 500)}: ${JSON.stringify(failures).slice(0, 500)}`,
  );
}

function judgeError(input: HostileInput, error: ServiceError, tally: Tally): void {
  tally.count(input, []);
  tally.refused++;
  ok(malformed.has(input.kind), `${error.code} ${error.details}`);
  deepEqual(error.code, status.INVALID_ARGUMENT, error.details);
  judgeText(input, error.details);
}

function judgeText(input: HostileInput, message: string): void {
  const shown = JSON.stringify(message.slice(0, 300));
  ok(message.trim() !== "", "an empty message");
  ok(message.length < MAX_MESSAGE, `a message of ${message.length} characters: ${shown}`);
  ok(!NOT_FOR_USERS.test(message), `not for users: ${shown}`);
  ok(!CONTROL.test(message), `control characters: ${shown}`);
  for (const secret of input.secrets) ok(!message.includes(secret), `a secret is quoted: ${shown}`);
}

/** Whether the path is one of the input, of a required field that is missing there, or says how many more there are. */
function isPlace({ inputs }: HostileInput, path: string, message: string): boolean {
  const keys = parsePath(path) ?? [];
  if (path === "" && /^And \d+ more problems\.$/.test(message)) return true;
  if (keys.length > 0 && exists(inputs, keys)) return true;
  if (message === "Is required." && exists(inputs, keys.slice(0, -1))) return true;
  // Keys that paths cannot say, or not whole.
  return places(inputs).some((place) => sameShown(formatPath(place.keys), path));
}

/** Whether a path is shown so: control characters escaped, the middle of a long one left out. */
function sameShown(path: string, shown: string): boolean {
  const [head = "", tail] = shown.split("…");
  const escaped = escapeControls(path);
  return tail === undefined ? escaped === shown : escaped.startsWith(head) && escaped.endsWith(tail);
}

const escapeControls = (text: string): string =>
  text.replace(/\p{Cc}/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Whether the place has a key that no path can say as it is. */
const hasStrangeKey = ({ at }: HostileInput): boolean =>
  at.some((keys) => keys.some((key) => /[\\"\p{Cc}\ud800-\udfff]/u.test(String(key)) || String(key).length > 200));
