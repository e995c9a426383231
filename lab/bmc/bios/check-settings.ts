import type { AttributeDefinition, Attributes, AttributeValue, Flavour } from "../flavours/flavour";
import type { Json, JsonObject } from "../json";
import { type Message, message } from "../redfish/messages";

const at = (name: string): string => `#/Attributes/${name}`;

/** What is wrong with settings that a client wants, by the attribute registry. `settings` is what holds without them. */
export function settingProblems(flavour: Flavour, wanted: JsonObject, settings: Attributes): Message[] {
  const after = { ...settings, ...(wanted as Attributes) };
  return Object.entries(wanted).flatMap(([name, value]) => {
    const definition = flavour.attributes.find((known) => known.name === name);
    if (!definition) return [message("PropertyUnknown", [name], [at(name)])];
    if (definition.readOnly || isLocked(flavour, name, after)) {
      return [message("PropertyNotWritable", [name], [at(name)])];
    }
    return valueProblem(definition, value) ?? [];
  });
}

/** Whether another setting keeps this one from being written. */
function isLocked(flavour: Flavour, name: string, settings: Attributes): boolean {
  return flavour.dependencies.some(
    ({ attribute, when }) => attribute === name && (settings[when.attribute] === when.value) === (when.is === "EQU"),
  );
}

function valueProblem(definition: AttributeDefinition, value: Json): Message | null {
  const args = [typeof value === "string" ? value : JSON.stringify(value), definition.name];
  const wrongType = message("PropertyValueTypeError", args, [at(definition.name)]);
  switch (definition.type) {
    case "Boolean":
      return typeof value === "boolean" ? null : wrongType;
    case "String":
      if (typeof value !== "string") return wrongType;
      return value.length > definition.maxLength
        ? message("PropertyValueFormatError", args, [at(definition.name)])
        : null;
    case "Enumeration":
      if (typeof value !== "string") return wrongType;
      return valueNames(definition.values).includes(value)
        ? null
        : message("PropertyValueNotInList", args, [at(definition.name)]);
    case "Integer": {
      if (typeof value !== "number" || !Number.isInteger(value)) return wrongType;
      const { lowerBound, upperBound, scalarIncrement } = definition;
      const fits = value >= lowerBound && value <= upperBound && (value - lowerBound) % scalarIncrement === 0;
      return fits ? null : message("PropertyValueOutOfRange", args, [at(definition.name)]);
    }
  }
}

function valueNames(values: readonly (string | readonly [string, string])[]): string[] {
  return values.map((value) => (typeof value === "string" ? value : value[0]));
}

/** Settings that would change what holds: the others need not wait for a reset. */
export function changes(wanted: Readonly<Record<string, AttributeValue>>, settings: Attributes): Attributes {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => settings[name] !== value));
}
