import type { PlainObject } from "../../core/diff/plain";
import { type AnySchema, isInteger, type Unwrapped, unwrap } from "./zod-schema";

/** Pulumi's TypeSpec and PropertySpec, as far as they are written here. Source: pulumi/pkg codegen/schema/pulumi.json. */
export type TypeSpec = PlainObject;

const scalars: Readonly<Record<string, TypeSpec>> = {
  string: { type: "string" },
  template_literal: { type: "string" },
  boolean: { type: "boolean" },
  any: { $ref: "pulumi.json#/Any" },
  unknown: { $ref: "pulumi.json#/Any" },
};

/** Collects named types while properties are translated; recursive types refer to themselves by name. */
export class TypeTable {
  readonly types: Record<string, PlainObject> = {};
  private readonly owners = new Map<string, AnySchema>();

  constructor(private readonly packageName: string) {}

  /**
   * Fields of an object schema as PropertySpecs, and the names of those that must be there: in inputs those without a
   * default, in outputs those with one too. `owner` names inline types.
   */
  object(
    schema: AnySchema,
    owner: string,
    side: "input" | "output" = "input",
  ): { properties: Record<string, PlainObject>; required: string[] } {
    const fields = Object.entries(unwrap(schema).definition.shape ?? {});
    const properties = fields.map(
      ([name, field]) => [name, this.property(field, `${owner}${capitalised(name)}`)] as const,
    );
    const required = fields
      .filter(([, field]) => {
        const { optional, filledIn } = unwrap(field);
        return !optional || (side === "output" && filledIn);
      })
      .map(([name]) => name);
    return { properties: Object.fromEntries(properties), required };
  }

  private property(field: AnySchema, owner: string): PlainObject {
    const unwrapped = unwrap(field);
    const description = describe(unwrapped);
    return {
      ...this.type(field, owner),
      ...(description ? { description } : {}),
      ...(isScalar(unwrapped.defaultValue) ? { default: unwrapped.defaultValue } : {}),
      ...(unwrapped.secret ? { secret: true } : {}),
    };
  }

  private type(schema: AnySchema, owner: string): TypeSpec {
    const unwrapped = unwrap(schema);
    const { definition } = unwrapped;
    const scalar = scalars[definition.type];
    if (scalar) return scalar;
    if (definition.type === "number") return { type: isInteger(unwrapped.schema) ? "integer" : "number" };
    if (definition.type === "literal") return { type: scalarType(definition.values ?? []) };
    if (definition.type === "enum") return this.enumeration(unwrapped);
    if (definition.element) return { type: "array", items: this.type(definition.element, owner) };
    if (definition.valueType) return { type: "object", additionalProperties: this.type(definition.valueType, owner) };
    if (definition.options) return this.union(definition.options, owner);
    if (definition.shape) return this.named(unwrapped, owner);
    throw new Error(`${owner}: a ${definition.type} schema has no counterpart in a Pulumi schema`);
  }

  private union(options: readonly AnySchema[], owner: string): TypeSpec {
    const specs = new Map(
      options.map((option, index) => {
        const spec = this.type(option, `${owner}${index + 1}`);
        return [JSON.stringify(spec), spec];
      }),
    );
    const oneOf = [...specs.values()];
    return oneOf.length === 1 ? (oneOf[0] ?? {}) : { oneOf };
  }

  /** An enum with a name becomes a type of its own; one without is a string whose description lists the values. */
  private enumeration({ schema, id, description, definition }: Unwrapped): TypeSpec {
    const values = Object.values(definition.entries ?? {});
    if (!id) return { type: scalarType(values) };
    const token = this.claim(id, schema);
    this.types[token] ??= {
      type: "string",
      ...(description ? { description } : {}),
      enum: values.map((value) => ({
        name: capitalised(
          String(value).replace(/[^A-Za-z0-9]+(.)?/g, (_, letter) => String(letter ?? "").toUpperCase()),
        ),
        value,
      })),
    };
    return { $ref: `#/types/${token}` };
  }

  private named({ schema, id, description }: Unwrapped, owner: string): TypeSpec {
    const name = id ?? owner;
    const token = this.claim(name, schema);
    if (!this.types[token]) {
      const type: PlainObject = { type: "object", ...(description ? { description } : {}) };
      // Entered before its fields are translated, so that a field of the same type finds it.
      this.types[token] = type;
      const { properties, required } = this.object(schema, name);
      Object.assign(type, { properties }, required.length > 0 ? { required } : {});
    }
    return { $ref: `#/types/${token}` };
  }

  private claim(name: string, schema: AnySchema): string {
    const owner = this.owners.get(name);
    // Copies that `.describe()` makes share the definition of what they copy.
    if (owner && owner._zod.def !== schema._zod.def && !sameFields(owner, schema)) {
      throw new Error(`two different types are named ${name}; give one of them another .meta({ id })`);
    }
    this.owners.set(name, schema);
    return `${this.packageName}:index:${name}`;
  }
}

function sameFields(a: AnySchema, b: AnySchema): boolean {
  const [first, second] = [unwrap(a).definition, unwrap(b).definition];
  const keys = (fields: object | undefined) => Object.keys(fields ?? {}).join();
  return keys(first.shape) === keys(second.shape) && keys(first.entries) === keys(second.entries);
}

/** The description, with what a Pulumi schema has no place for: the allowed values of enums and literals without a type of their own. */
function describe({ description, definition, defaultValue, id }: Unwrapped): string | undefined {
  const values =
    definition.type === "enum" && !id ? Object.values(definition.entries ?? {}) : (definition.values ?? []);
  const listed = values.map((value) => `\`${value}\``).join(", ");
  const said = values.length === 1 && description?.includes(String(values[0]));
  const allowed =
    values.length > 1 ? `One of ${listed}.` : values.length === 1 && !said ? `Always ${listed}.` : undefined;
  const preset =
    defaultValue !== undefined && !isScalar(defaultValue)
      ? `Defaults to \`${JSON.stringify(defaultValue)}\`.`
      : undefined;
  const parts = [description?.replace(/([^.!?])$/, "$1."), allowed, preset].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(" ") : undefined;
}

function scalarType(values: readonly unknown[]): string {
  const types = new Set(values.map((value) => (Number.isInteger(value) ? "integer" : typeof value)));
  return types.size === 1 ? ([...types][0] ?? "string") : "string";
}

function isScalar(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
