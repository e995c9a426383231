/** A value as it travels between engine and provider: JSON, plus class instances (unknowns, assets) that stay opaque. */
export type PlainObject = { [key: string]: unknown };

/** Whether the value is a map or object, as opposed to a list, a scalar or an instance of a class. */
export function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Sets an own key. Plain assignment to `__proto__` would replace the object's prototype instead. */
export function setKey(object: PlainObject, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

/** The own value at a key; keys like `constructor` find nothing that the object only inherits. */
export function getKey(object: PlainObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Whether two values are the same by content. Instances of classes are the same only when they are one object. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (!isPlainObject(a) || !isPlainObject(b)) return false;
  const keys = definedKeys(a);
  return keys.length === definedKeys(b).length && keys.every((key) => sameValue(a[key], getKey(b, key)));
}

/** Own keys with a value; a key that holds undefined counts as absent. */
export function definedKeys(object: PlainObject): string[] {
  return Object.keys(object).filter((key) => object[key] !== undefined);
}
