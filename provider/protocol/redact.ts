import { isPlainObject } from "../../core/diff/plain";
import type { Shape } from "../../core/diff/shape";
import { childShape, shapeFor } from "../../core/diff/shape";
import type { Decoded } from "./decode";
import { formsOf } from "./secret-forms";
import type { SecretTree } from "./secrets";

/** Replaces the secret strings of a request in messages on their way to the user, whoever put them there. */
export function redactor(values: readonly Decoded[], shape?: Shape): (text: string) => string {
  const secrets = new Set<string>();
  for (const { value, secrets: tree } of values) collect(value, tree, shape, false, secrets);
  const forms = new Set([...secrets].flatMap(formsOf));
  // Longest first: a secret may contain another one.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
}

function collect(
  value: unknown,
  tree: SecretTree | undefined,
  shape: Shape | undefined,
  inside: boolean,
  found: Set<string>,
): void {
  const secret = inside || tree?.secret === true || shape?.secret === true;
  if (typeof value === "string") {
    if (secret) found.add(value);
    return;
  }
  const own = shapeFor(shape, value);
  const entries = Array.isArray(value) ? value.entries() : isPlainObject(value) ? Object.entries(value) : [];
  for (const [key, item] of entries) collect(item, tree?.at(key), childShape(own, key), secret, found);
}
