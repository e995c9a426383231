import { getKey, isPlainObject, type PlainObject } from "../../../core/diff/plain";

/** Looks into what a BMC answered, of which nothing is certain. */

/** What is at a path of keys; undefined where the document does not go that far. */
export function at(document: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (isPlainObject(value) ? getKey(value, key) : undefined), document);
}

export function textAt(document: unknown, ...keys: readonly string[]): string | undefined {
  const value = at(document, ...keys);
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function listAt(document: unknown, ...keys: readonly string[]): readonly unknown[] {
  const value = at(document, ...keys);
  return Array.isArray(value) ? value : [];
}

export function textsAt(document: unknown, ...keys: readonly string[]): string[] {
  return listAt(document, ...keys).filter((value) => typeof value === "string");
}

export function objectAt(document: unknown, ...keys: readonly string[]): PlainObject | undefined {
  const value = at(document, ...keys);
  return isPlainObject(value) ? value : undefined;
}

/** The path that a link leads to (DSP0266, "Link property"). */
export function linkAt(document: unknown, ...keys: readonly string[]): string | undefined {
  return textAt(document, ...keys, "@odata.id");
}

/** The last part of a path: the id of what is there. */
export function idOf(path: string): string {
  return path.replace(/\/+$/, "").split("/").at(-1) ?? "";
}
