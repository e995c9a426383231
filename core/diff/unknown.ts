import { isPlainObject } from "./plain";

/** What an unknown value will be once it is known. Pulumi has one placeholder for each. */
export type UnknownType = "string" | "bool" | "number" | "array" | "asset" | "archive" | "object";

/** A value that is known only after another resource was created. Stands in a preview where that value will be. */
export class Unknown {
  constructor(readonly type: UnknownType) {}
}

/** Whether the value is unknown or holds an unknown at any depth. */
export function hasUnknown(value: unknown): boolean {
  if (value instanceof Unknown) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isPlainObject(value) && Object.values(value).some(hasUnknown);
}
