import type { Attributes, AttributeValue, BiosReading } from "./bios-reading";

type Values = Pick<BiosReading, "current" | "pending">;

/** What each attribute will be after the next boot: what waits goes before what is. */
export function nextValues({ current, pending }: Values): Attributes {
  return { ...current, ...pending };
}

/** The own value of an attribute; names like `constructor` find nothing that the object only inherits. */
export function valueIn(attributes: Attributes, name: string): AttributeValue | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

/**
 * What is in force of an attribute. Undefined where that cannot be told: some BMCs show a scheduled value as current, so
 * one that also waits proves nothing.
 */
export function runningValue({ current, pending }: Values, name: string): AttributeValue | undefined {
  const now = valueIn(current, name);
  return Object.hasOwn(pending, name) && pending[name] === now ? undefined : now;
}

/** What is in force of each attribute, or was when it could last be told. */
export function inForce(reading: Values, before: Attributes = {}): Attributes {
  const names = Object.keys(reading.current).filter((name) => runningValue(reading, name) !== undefined);
  return { ...before, ...Object.fromEntries(names.map((name) => [name, reading.current[name] ?? null])) };
}
