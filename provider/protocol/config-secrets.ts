import type { Keys } from "../../core/diff/path";
import { isPlainObject, type PlainObject } from "../../core/diff/plain";
import { childShape, type Shape, shapeFor } from "../../core/diff/shape";
import { isJsonText } from "./config-text";
import type { Decoded } from "./decode";
import { holdsSecret } from "./secret-places";
import { SecretTree } from "./secrets";

/**
 * The secret places for an answer: those of `came`, and each JSON text, as a whole, that holds a secret. `expanded` is the
 * same configuration without such texts.
 */
export function secretTexts(came: Decoded, expanded: Decoded, shape: Shape): SecretTree {
  const found = new SecretTree().merge(came.secrets);
  const walk = (value: unknown, keys: Keys, at: Shape | undefined): void => {
    if (isJsonText(value, at) && holdsSecret(expanded.value, keys, expanded.secrets, shape)) found.mark(keys);
    for (const [key, item] of entriesOf(value)) walk(item, [...keys, key], childShape(shapeFor(at, value), key));
  };
  walk(came.value, [], shape);
  return found;
}

/** What a mark above hides: every value, or those in fields that the schema does not have. */
type Hidden = "all" | "unknown fields" | undefined;

/**
 * The secret places for messages, beside those of the schema. One secret among the settings makes the whole JSON text
 * come as secret; where the schema knows which fields of it are secret, messages hide those alone: without user names and
 * addresses nobody could mend a connection.
 */
export function secretLeaves({ value, secrets }: Decoded, shape: Shape): SecretTree {
  const found = new SecretTree();
  const none = new SecretTree();
  const walk = (item: unknown, keys: Keys, tree: SecretTree | undefined, at: Shape | undefined, above: Hidden) => {
    const marked = tree?.secret ? (holdsSecret(value, keys, none, shape) ? "unknown fields" : "all") : undefined;
    const hidden = above === "all" ? above : (marked ?? above);
    if (hidden === "all" || (hidden && !at)) found.mark(keys);
    const own = shapeFor(at, item);
    for (const [key, child] of entriesOf(item))
      walk(child, [...keys, key], tree?.at(key), childShape(own, key), hidden);
  };
  walk(value, [], secrets, shape, undefined);
  return found;
}

function entriesOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return [...value.entries()];
  return isPlainObject(value) ? Object.entries(value as PlainObject) : [];
}
