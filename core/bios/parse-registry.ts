import { isPlainObject, type PlainObject } from "../diff/plain";
import type {
  AttributeRegistry,
  AttributeValue,
  DependencyCondition,
  RegistryAttribute,
  RegistryDependency,
} from "./bios-reading";

const TYPES: readonly RegistryAttribute["type"][] = ["Enumeration", "String", "Integer", "Boolean", "Password"];
const CONDITIONS: readonly DependencyCondition["condition"][] = ["EQU", "NEQ", "GTR", "GEQ", "LSS", "LEQ"];

/**
 * Reads an AttributeRegistry document (DMTF DSP0268, schema AttributeRegistry v1).
 *
 * Vendors differ from the schema, and this is read all the same:
 * - types in other case, or absent: an attribute with values is an Enumeration, else the type of its default tells;
 * - `Readonly` for `ReadOnly` (Dell);
 * - numbers and booleans as text ("65535", "true"), and null for what is absent;
 * - enumeration values as plain texts, or with a display name only, which then is what is written;
 * - one attribute listed twice (a question that several menus show): the first counts, read-only and hidden only where
 *   all of them are, for one visible place is enough to set it;
 * - dependencies without `DependencyFor`, of other types than Map, or with conditions that the schema does not know:
 *   those are left out, since what they say cannot be told.
 *
 * Throws an Error where the document is no registry or has no attribute.
 */
export function parseRegistry(json: unknown): AttributeRegistry {
  const document = isPlainObject(json) ? json : {};
  const entries = isPlainObject(document.RegistryEntries) ? document.RegistryEntries : undefined;
  if (!entries) throw new Error("the attribute registry has no RegistryEntries");
  const attributes = mergeTwins(listOf(entries.Attributes).flatMap(parseAttribute));
  if (attributes.length === 0) throw new Error("the attribute registry lists no attribute");
  return {
    id: textOf(document.Id) ?? textOf(document.Name) ?? "",
    attributes,
    dependencies: listOf(entries.Dependencies).flatMap(parseDependency),
  };
}

function parseAttribute(entry: PlainObject): RegistryAttribute[] {
  const name = textOf(entry.AttributeName);
  if (name === undefined) return [];
  const values = Array.isArray(entry.Value) ? entry.Value.flatMap(parseValue) : [];
  return [
    {
      name,
      type: typeOf(entry, values.length > 0),
      ...defined({
        displayName: textOf(entry.DisplayName),
        menuPath: textOf(entry.MenuPath),
        values: values.length > 0 ? values : undefined,
        lowerBound: numberOf(entry.LowerBound),
        upperBound: numberOf(entry.UpperBound),
        scalarIncrement: numberOf(entry.ScalarIncrement),
        minLength: numberOf(entry.MinLength),
        maxLength: numberOf(entry.MaxLength),
        valueExpression: textOf(entry.ValueExpression),
        readOnly: flagOf(entry.ReadOnly ?? entry.Readonly),
        immutable: flagOf(entry.Immutable),
        hidden: flagOf(entry.Hidden),
        grayOut: flagOf(entry.GrayOut),
      }),
    },
  ];
}

function typeOf(entry: PlainObject, hasValues: boolean): RegistryAttribute["type"] {
  const said = textOf(entry.Type)?.toLowerCase();
  const known = TYPES.find((type) => type.toLowerCase() === said);
  if (known) return known;
  if (hasValues) return "Enumeration";
  if (typeof entry.DefaultValue === "boolean") return "Boolean";
  return typeof entry.DefaultValue === "number" ? "Integer" : "String";
}

function parseValue(value: unknown): { name: string; displayName?: string }[] {
  if (typeof value === "string" || typeof value === "number") return [{ name: String(value) }];
  if (!isPlainObject(value)) return [];
  const displayName = scalarText(value.ValueDisplayName);
  const name = scalarText(value.ValueName) ?? displayName;
  if (name === undefined) return [];
  return [{ name, ...(displayName !== undefined && { displayName }) }];
}

/** One question that several menus show is one setting. */
function mergeTwins(attributes: readonly RegistryAttribute[]): RegistryAttribute[] {
  const byName = new Map<string, RegistryAttribute>();
  for (const attribute of attributes) {
    const twin = byName.get(attribute.name);
    byName.set(attribute.name, twin ? merge(twin, attribute) : attribute);
  }
  return [...byName.values()];
}

function merge(first: RegistryAttribute, second: RegistryAttribute): RegistryAttribute {
  const both = (flag: "readOnly" | "immutable" | "hidden" | "grayOut") => first[flag] === true && second[flag] === true;
  return {
    ...second,
    ...first,
    readOnly: both("readOnly"),
    immutable: both("immutable"),
    hidden: both("hidden"),
    grayOut: both("grayOut"),
  };
}

function parseDependency(entry: PlainObject): RegistryDependency[] {
  if (entry.Type !== undefined && entry.Type !== null && textOf(entry.Type)?.toLowerCase() !== "map") return [];
  const map = isPlainObject(entry.Dependency) ? entry.Dependency : {};
  const conditions = listOf(map.MapFrom);
  const from = conditions.flatMap(parseCondition);
  const attribute = textOf(map.MapToAttribute) ?? textOf(entry.DependencyFor);
  const property = textOf(map.MapToProperty);
  const value = scalarOf(map.MapToValue);
  if (from.length === 0 || from.length < conditions.length) return [];
  if (attribute === undefined || property === undefined || value === undefined) return [];
  return [{ from, attribute, property, value }];
}

function parseCondition(entry: PlainObject): DependencyCondition[] {
  const attribute = textOf(entry.MapFromAttribute);
  const value = scalarOf(entry.MapFromValue);
  const said = (textOf(entry.MapFromCondition) ?? "EQU").toUpperCase();
  const condition = CONDITIONS.find((known) => known === said);
  if (attribute === undefined || value === undefined || !condition) return [];
  const terms = textOf(entry.MapTerms)?.toUpperCase();
  return [
    {
      attribute,
      property: textOf(entry.MapFromProperty) ?? "CurrentValue",
      condition,
      value,
      ...((terms === "AND" || terms === "OR") && { terms }),
    },
  ];
}

function listOf(value: unknown): PlainObject[] {
  return Array.isArray(value) ? value.filter(isPlainObject) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function scalarText(value: unknown): string | undefined {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : textOf(value);
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function flagOf(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  const said = textOf(value)?.toLowerCase();
  return said === "true" ? true : said === "false" ? false : undefined;
}

function scalarOf(value: unknown): AttributeValue | undefined {
  const isScalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return isScalar || value === null ? value : undefined;
}

/** The object without its undefined fields. */
function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
