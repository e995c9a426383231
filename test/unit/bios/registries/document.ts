import type { Attributes, AttributeValue, BiosReading } from "../../../../core/bios/bios-reading";
import { parseRegistry } from "../../../../core/bios/parse-registry";

/** An attribute as a registry document lists it (DSP0268, AttributeRegistry), and its value on the machine. */
export interface Listed {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly current: AttributeValue;
}

/** A value: its name, and what the setup screen shows where that differs. */
type Value = string | readonly [name: string, shown: string];

export function choice(
  AttributeName: string,
  DisplayName: string,
  MenuPath: string,
  values: readonly Value[],
  current: AttributeValue,
  more: Readonly<Record<string, unknown>> = {},
): Listed {
  const Value = values.map((value) => {
    const [ValueName, ValueDisplayName] = typeof value === "string" ? [value, value] : value;
    return { ValueName, ValueDisplayName };
  });
  return { entry: { AttributeName, DisplayName, MenuPath, Type: "Enumeration", Value, ...more }, current };
}

export function setting(
  AttributeName: string,
  DisplayName: string,
  MenuPath: string,
  Type: "String" | "Integer" | "Boolean" | "Password",
  current: AttributeValue,
  more: Readonly<Record<string, unknown>> = {},
): Listed {
  return { entry: { AttributeName, DisplayName, MenuPath, Type, ...more }, current };
}

/** While `from` has the value, the property of `to` is true. */
export function rule(from: string, condition: "EQU" | "NEQ", value: AttributeValue, to: string, property: string) {
  const MapFrom = [
    {
      MapFromAttribute: from,
      MapFromProperty: "CurrentValue",
      MapFromCondition: condition,
      MapFromValue: value,
    },
  ];
  const Dependency = { MapFrom, MapToAttribute: to, MapToProperty: property, MapToValue: true };
  return { DependencyFor: to, Type: "Map", Dependency };
}

export interface Bios {
  readonly id: string;
  readonly manufacturer: string;
  readonly attributes: readonly Listed[];
  readonly rules?: readonly unknown[];
}

export function documentOf({ id, attributes, rules = [] }: Bios): unknown {
  return {
    "@odata.type": "#AttributeRegistry.v1_3_6.AttributeRegistry",
    Id: id,
    Name: `${id} BIOS Attribute Registry`,
    Language: "en",
    OwningEntity: "OEM",
    RegistryVersion: "1.0.0",
    RegistryEntries: { Attributes: attributes.map(({ entry }) => entry), Dependencies: rules },
  };
}

/** A machine with that BIOS, nothing pending. */
export function readingOf(bios: Bios, changed: Attributes = {}): BiosReading {
  const current = Object.fromEntries(
    bios.attributes.map(({ entry, current }) => [String(entry.AttributeName), current]),
  );
  return {
    system: { id: "1", manufacturer: bios.manufacturer, model: "Test", biosVersion: "1.0" },
    registry: parseRegistry(documentOf(bios)),
    current: { ...current, ...changed },
    pending: {},
    failures: [],
    appliesAtOnce: false,
  };
}
