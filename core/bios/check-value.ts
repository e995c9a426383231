import type { AttributeValue, RegistryAttribute } from "./bios-reading";

/**
 * What is wrong with a value for an attribute, by the property rules of DSP0268 (AttributeRegistry.Attributes); undefined
 * where nothing is. `current` is its value now: some BMCs show an enumeration of numbers as numbers.
 */
export function checkValue(
  attribute: RegistryAttribute,
  value: AttributeValue,
  current: AttributeValue | undefined,
): string | undefined {
  switch (attribute.type) {
    case "Enumeration":
      return checkEnumeration(attribute, value, current);
    case "Integer":
      return typeof value === "number" ? checkInteger(attribute, value) : wrongType("a whole number", value);
    case "Boolean":
      return typeof value === "boolean" ? undefined : wrongType("true or false", value);
    case "String":
    case "Password":
      return typeof value === "string" ? checkString(attribute, value) : wrongType("a text", value);
  }
}

/** What is wrong with a value for an attribute of which only the present value is known. */
export function checkTypeOnly(value: AttributeValue, current: AttributeValue): string | undefined {
  if (current === null || typeof value === typeof current) return undefined;
  const expected = typeof current === "number" ? "a number" : typeof current === "boolean" ? "true or false" : "a text";
  return wrongType(`${expected}, as its present value ${quoted(current)} is`, value);
}

const wrongType = (expected: string, value: AttributeValue): string => `must be ${expected}, not ${quoted(value)}`;

export const quoted = (value: AttributeValue): string => (typeof value === "string" ? `"${value}"` : String(value));

function checkEnumeration(
  { values = [] }: RegistryAttribute,
  value: AttributeValue,
  current: AttributeValue | undefined,
): string | undefined {
  // A registry may leave the list out; the BMC judges then.
  if (values.length === 0) return current === undefined ? undefined : checkTypeOnly(value, current);
  const isTyped = typeof value === "string" || typeof value === typeof current;
  const isListed = values.some(({ name }) => name === String(value));
  if (isListed && isTyped && !(typeof value === "string" && typeof current === "number")) return undefined;
  const shown = values.find(({ displayName }) => displayName === value);
  const hint = shown ? `; ${quoted(value)} is what the setup screen shows for ${quoted(shown.name)}` : "";
  const names = values.map(({ name }) => (typeof current === "number" ? name : quoted(name)));
  return `must be one of ${names.join(", ")}, not ${quoted(value)}${hint}`;
}

function checkInteger(
  { lowerBound, upperBound, scalarIncrement }: RegistryAttribute,
  value: number,
): string | undefined {
  if (!Number.isInteger(value)) return wrongType("a whole number", value);
  const isBelow = lowerBound !== undefined && value < lowerBound;
  const isAbove = upperBound !== undefined && value > upperBound;
  if (isBelow || isAbove) return `must be ${rangeOf(lowerBound, upperBound)}, not ${value}`;
  // An increment of 0 means that the value cannot be stepped through, not that it is fixed.
  if (scalarIncrement && (value - (lowerBound ?? 0)) % scalarIncrement !== 0) {
    return `must be ${lowerBound ?? 0} or more in steps of ${scalarIncrement}, not ${value}`;
  }
  return undefined;
}

function rangeOf(lowest: number | undefined, highest: number | undefined): string {
  if (lowest === undefined) return `${highest} or less`;
  return highest === undefined ? `${lowest} or more` : `from ${lowest} to ${highest}`;
}

function checkString({ minLength, maxLength, valueExpression }: RegistryAttribute, value: string): string | undefined {
  if (minLength !== undefined && value.length < minLength) return `must have at least ${minLength} characters`;
  if (maxLength !== undefined && value.length > maxLength) return `must have at most ${maxLength} characters`;
  const pattern = patternOf(valueExpression);
  return pattern && !pattern.test(value) ? `must match ${valueExpression}` : undefined;
}

/** Vendors write expressions of other dialects too; one that cannot be read checks nothing, and the BMC judges. */
function patternOf(expression: string | undefined): RegExp | undefined {
  if (expression === undefined) return undefined;
  try {
    return new RegExp(expression);
  } catch {
    return undefined;
  }
}
