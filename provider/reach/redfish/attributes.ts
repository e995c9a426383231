import type { Attributes, AttributeValue } from "../../../core/bios/bios-reading";
import { objectAt } from "./json";

/** Attributes of a Bios resource or of its settings object; what is no value of an attribute is passed over. */
export function attributesOf(document: unknown): Attributes {
  const entries = Object.entries(objectAt(document, "Attributes") ?? {}).filter(
    (entry): entry is [string, AttributeValue] => isValue(entry[1]) && !entry[0].includes("@"),
  );
  return Object.fromEntries(entries);
}

const isValue = (value: unknown): value is AttributeValue =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

/** Own value of an attribute; undefined where it is not listed. */
export function valueIn(attributes: Attributes, name: string): AttributeValue | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}
