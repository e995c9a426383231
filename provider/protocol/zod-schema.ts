import { z } from "zod";

/** Any zod schema, seen through zod's core interface, which zod keeps stable for tools that read schemas. */
export type AnySchema = z.core.$ZodType;

/** A schema's definition with the fields of every kind that this layer reads. */
interface Definition {
  readonly type: string;
  readonly innerType?: AnySchema;
  readonly in?: AnySchema;
  readonly getter?: () => AnySchema;
  readonly shape?: Readonly<Record<string, AnySchema>>;
  readonly element?: AnySchema;
  readonly valueType?: AnySchema;
  readonly options?: readonly AnySchema[];
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly values?: readonly (string | number | boolean | null)[];
  readonly defaultValue?: unknown;
}

/** What this layer reads from `.meta()`. */
interface Meta {
  readonly id?: string;
  readonly description?: string;
  readonly secret?: boolean;
}

/** A schema without its wrappers, and what the wrappers said. */
export interface Unwrapped {
  readonly schema: AnySchema;
  readonly definition: Definition;
  /** Whether an input may leave it out. */
  readonly optional: boolean;
  /** Whether it is always there once defaults are filled in. */
  readonly filledIn: boolean;
  readonly secret: boolean;
  readonly description: string | undefined;
  /** Name of the type, from `.meta({ id })`. */
  readonly id: string | undefined;
  readonly defaultValue: unknown;
}

const transparent = new Set(["optional", "nullable", "default", "prefault", "readonly", "nonoptional", "catch"]);

/** Takes off optional, nullable, default, lazy and the like; outer descriptions win over inner ones. */
export function unwrap(schema: AnySchema): Unwrapped {
  let current = schema;
  let found = {
    optional: false,
    filledIn: false,
    secret: false,
    description: undefined as string | undefined,
    defaultValue: undefined as unknown,
  };
  for (;;) {
    const definition = current._zod.def as unknown as Definition;
    const meta = (z.globalRegistry.get(current) ?? {}) as Meta;
    found = {
      optional: found.optional || ["optional", "nullable", "default", "prefault"].includes(definition.type),
      // An optional around a default lets undefined through; a default around an optional does not.
      filledIn: found.filledIn || (!found.optional && ["default", "prefault"].includes(definition.type)),
      secret: found.secret || meta.secret === true,
      description: found.description ?? meta.description,
      defaultValue: found.defaultValue ?? definition.defaultValue,
    };
    const inner =
      definition.type === "lazy"
        ? definition.getter?.()
        : definition.type === "pipe"
          ? definition.in
          : transparent.has(definition.type)
            ? definition.innerType
            : undefined;
    if (!inner) return { schema: current, definition, id: idOf(current), ...found };
    current = inner;
  }
}

/** The type's name. `.describe()` and checks make a copy that loses it, so the originals are asked too. */
function idOf(schema: AnySchema): string | undefined {
  for (let at: AnySchema | undefined = schema; at; at = at._zod.parent) {
    const meta = z.globalRegistry.get(at) as Meta | undefined;
    if (meta?.id) return meta.id;
  }
  return undefined;
}

/** Whether a number schema admits integers alone. */
export function isInteger(schema: AnySchema): boolean {
  return schema instanceof z.ZodNumber && schema.isInt;
}
