import type { Change } from "./field-diff";
import type { Keys } from "./path";
import { definedKeys, getKey, isPlainObject, type PlainObject, setKey } from "./plain";

/**
 * What is to be: the observed state with the changed places alone replaced by the wanted values, so that drift which
 * no plan showed stays as it is. Neither argument is altered.
 */
export function mergePlanned(observed: PlainObject, wanted: PlainObject, changes: readonly Change[]): PlainObject {
  const target = copy(observed) as PlainObject;
  for (const change of changes) {
    // A deleted place is wanted nowhere, so it reads as undefined and the key goes.
    replaceAt(target, change.keys, valueAt(wanted, change.keys));
    if (change.kind === "delete") dropEmpty(target, wanted, change.keys.slice(0, -1));
  }
  return withoutHoles(target) as PlainObject;
}

/** An object whose last field was deleted goes too, unless it is wanted empty. */
function dropEmpty(target: PlainObject, wanted: PlainObject, keys: Keys): void {
  const object = valueAt(target, keys);
  if (keys.length === 0 || !isPlainObject(object) || definedKeys(object).length > 0) return;
  if (valueAt(wanted, keys) !== undefined) return;
  replaceAt(target, keys, undefined);
  dropEmpty(target, wanted, keys.slice(0, -1));
}

/** The value at a place, undefined where there is none. */
export function valueAt(root: unknown, keys: Keys): unknown {
  return keys.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isPlainObject(value) ? getKey(value, String(key)) : undefined;
  }, root);
}

/** A copy of the value with another value at one place; `undefined` takes the place away. */
export function replaceValue(root: PlainObject, keys: Keys, value: unknown): PlainObject {
  const result = copy(root) as PlainObject;
  if (value !== undefined) makeObjects(result, keys.slice(0, -1));
  replaceAt(result, keys, value);
  return withoutHoles(result) as PlainObject;
}

/** Makes the objects that lead to a place, where there are none. */
function makeObjects(root: PlainObject, keys: Keys): void {
  for (const length of keys.keys()) {
    const above = keys.slice(0, length + 1);
    if (valueAt(root, above) === undefined) replaceAt(root, above, {});
  }
}

function replaceAt(root: PlainObject, keys: Keys, value: unknown): void {
  const container = valueAt(root, keys.slice(0, -1));
  const key = keys[keys.length - 1];
  if (key === undefined) return;
  if (Array.isArray(container)) container[Number(key)] = copy(value);
  else if (isPlainObject(container)) setKey(container, String(key), copy(value));
}

/** A copy of maps and lists; class instances (unknowns, assets) are shared. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (!isPlainObject(value)) return value;
  const result: PlainObject = {};
  for (const key of Object.keys(value)) setKey(result, key, copy(value[key]));
  return result;
}

/** Drops what was deleted: keys without a value and, of lists, items that are gone. */
function withoutHoles(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map(withoutHoles);
  if (!isPlainObject(value)) return value;
  for (const key of Object.keys(value)) {
    if (value[key] === undefined) delete value[key];
    else setKey(value, key, withoutHoles(value[key]));
  }
  return value;
}
