import type {
  AttributeRegistry,
  AttributeValue,
  DependencyCondition,
  RegistryAttribute,
  RegistryDependency,
} from "../../../core/bios/bios-reading";
import { at, listAt, textAt } from "./json";

const TYPES = ["Enumeration", "String", "Integer", "Boolean", "Password"] as const;
const CONDITIONS = ["EQU", "NEQ", "GTR", "GEQ", "LSS", "LEQ"] as const;

/** Reads an attribute registry (DSP0268, AttributeRegistry); undefined where the document is none. Odd entries are left out. */
export function registryOf(id: string, document: unknown): AttributeRegistry | undefined {
  const entries = listAt(document, "RegistryEntries", "Attributes");
  if (entries.length === 0) return undefined;
  const version = textAt(document, "RegistryVersion");
  return {
    id,
    ...(version === undefined ? {} : { version }),
    attributes: entries.flatMap(attributeOf),
    dependencies: listAt(document, "RegistryEntries", "Dependencies").flatMap(dependencyOf),
  };
}

function attributeOf(entry: unknown): RegistryAttribute[] {
  const name = textAt(entry, "AttributeName");
  if (name === undefined) return [];
  const values = listAt(entry, "Value").flatMap((value) => {
    const valueName = textAt(value, "ValueName");
    const displayName = textAt(value, "ValueDisplayName");
    return valueName === undefined ? [] : [{ name: valueName, ...defined({ displayName }) }];
  });
  const number = (key: string) => numberOrNothing(at(entry, key));
  const flag = (key: string) => (at(entry, key) === true ? true : undefined);
  return [
    {
      name,
      type: TYPES.find((type) => type === at(entry, "Type")) ?? (values.length > 0 ? "Enumeration" : "String"),
      ...defined({
        displayName: textAt(entry, "DisplayName"),
        menuPath: textAt(entry, "MenuPath"),
        values: values.length > 0 ? values : undefined,
        lowerBound: number("LowerBound"),
        upperBound: number("UpperBound"),
        scalarIncrement: number("ScalarIncrement"),
        minLength: number("MinLength"),
        maxLength: number("MaxLength"),
        valueExpression: textAt(entry, "ValueExpression"),
        readOnly: flag("ReadOnly"),
        immutable: flag("Immutable"),
        hidden: flag("Hidden"),
        grayOut: flag("GrayOut"),
      }),
    },
  ];
}

function dependencyOf(entry: unknown): RegistryDependency[] {
  const map = at(entry, "Dependency");
  const attribute = textAt(map, "MapToAttribute") ?? textAt(entry, "DependencyFor");
  const property = textAt(map, "MapToProperty");
  const from = listAt(map, "MapFrom").map(conditionOf);
  const kind = textAt(entry, "Type");
  if (attribute === undefined || property === undefined || from.length === 0) return [];
  // With one of its conditions not understood, a dependency would hold at the wrong time.
  if ((kind !== undefined && kind !== "Map") || from.includes(undefined)) return [];
  const value = scalarOf(at(map, "MapToValue"));
  return [{ from: from.filter((condition) => condition !== undefined), attribute, property, value }];
}

function conditionOf(entry: unknown): DependencyCondition | undefined {
  const attribute = textAt(entry, "MapFromAttribute");
  const condition = CONDITIONS.find((known) => known === at(entry, "MapFromCondition"));
  if (attribute === undefined || condition === undefined) return undefined;
  const terms = (["AND", "OR"] as const).find((known) => known === at(entry, "MapTerms"));
  const property = textAt(entry, "MapFromProperty") ?? "CurrentValue";
  return { attribute, property, condition, value: scalarOf(at(entry, "MapFromValue")), ...defined({ terms }) };
}

const numberOrNothing = (value: unknown) => (typeof value === "number" ? value : undefined);

function scalarOf(value: unknown): AttributeValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that have a value. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
