import type { Keys } from "../../../core/diff/path";
import { getKey, isPlainObject, type PlainObject, setKey } from "../../../core/diff/plain";

/** A value and where it is. */
export interface Place {
  readonly keys: Keys;
  readonly value: unknown;
}

/** Every place below the root, parents before children. */
export function places(value: unknown, keys: Keys = []): Place[] {
  const found: Place[] = keys.length > 0 ? [{ keys, value }] : [];
  const entries = Array.isArray(value) ? value.entries() : isPlainObject(value) ? Object.entries(value) : [];
  // No spread of what was found below: an argument list cannot hold hundreds of thousands.
  for (const [key, item] of entries) for (const place of places(item, [...keys, key])) found.push(place);
  return found;
}

/** Whether there is something at the place. */
export function exists(root: unknown, keys: Keys): boolean {
  let at = root;
  for (const key of keys) {
    if (Array.isArray(at) && Number(key) in at) at = at[Number(key)];
    else if (isPlainObject(at) && Object.hasOwn(at, String(key))) at = getKey(at, String(key));
    else return false;
  }
  return true;
}

/** A deep copy with another value at one place; what is missing on the way there is made. */
export function put(root: PlainObject, keys: Keys, value: unknown): PlainObject {
  return change(root, keys, (container, key) => setKey(container, key, value));
}

/** A deep copy without one place. */
export function drop(root: PlainObject, keys: Keys): PlainObject {
  return change(root, keys, (container, key) => {
    delete container[key];
  });
}

function change(root: PlainObject, keys: Keys, edit: (container: PlainObject, key: string) => void): PlainObject {
  const result = structuredClone(root);
  let at: PlainObject = result;
  for (const key of keys.slice(0, -1)) {
    if (getKey(at, String(key)) === undefined) setKey(at, String(key), {});
    at = getKey(at, String(key)) as PlainObject;
  }
  edit(at, String(keys[keys.length - 1]));
  return result;
}

/** Whether the place fits a pattern like `cells.*.cpus`. */
export function fits(keys: Keys, pattern: string): boolean {
  const parts = pattern.split(".");
  return parts.length === keys.length && parts.every((part, index) => part === "*" || part === String(keys[index]));
}
