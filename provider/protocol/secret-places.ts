import { valueAt } from "../../core/diff/merge";
import type { Keys } from "../../core/diff/path";
import { isPlainObject, type PlainObject } from "../../core/diff/plain";
import { childShape, type Shape, shapeFor } from "../../core/diff/shape";
import type { SecretTree } from "./secrets";

/** Whether the place is secret, lies in something secret, or holds something secret: by the schema or as it came. */
export function holdsSecret(root: PlainObject, keys: Keys, tree: SecretTree, shape: Shape | undefined): boolean {
  let [node, at]: [SecretTree | undefined, Shape | undefined] = [tree, shape];
  for (const [depth, key] of keys.entries()) {
    if (node?.secret || at?.secret) return true;
    node = node?.at(key);
    at = childShape(shapeFor(at, valueAt(root, keys.slice(0, depth))), key);
  }
  return node?.holdsSecret === true || shapeHoldsSecret(valueAt(root, keys), at);
}

function shapeHoldsSecret(value: unknown, shape: Shape | undefined): boolean {
  if (shape?.secret) return true;
  const own = shapeFor(shape, value);
  if (Array.isArray(value)) return value.some((item, index) => shapeHoldsSecret(item, childShape(own, index)));
  if (!isPlainObject(value)) return false;
  return Object.entries(value).some(([key, item]) => shapeHoldsSecret(item, childShape(own, key)));
}
