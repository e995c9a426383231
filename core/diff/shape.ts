import { isPlainObject, type PlainObject } from "./plain";
import type { UnknownType } from "./unknown";

/**
 * What a comparison must know of a schema: which objects are maps, whose entries are managed as a whole, and which
 * are objects, whose absent fields are left alone. Children are functions because schemas may be recursive.
 */
export type Shape = {
  /** What an unknown value of this shape is. */
  readonly type: UnknownType;
  /** Whether the schema marks the value as secret. */
  readonly secret: boolean;
} & (
  | { readonly kind: "leaf" }
  | { readonly kind: "object"; readonly fields: () => ReadonlyMap<string, Shape> }
  | {
      readonly kind: "map";
      readonly items: () => Shape;
      /** Each entry is a setting of its own, as the fields of an object are. */
      readonly settings?: true;
    }
  | { readonly kind: "list"; readonly items: () => Shape }
  | { readonly kind: "union"; readonly options: () => readonly Shape[] }
);

/** Whether what lies in it stands for itself: an entry that nobody wants is left alone, and comes back when it was taken out. */
export function holdsSettings(shape: Shape | undefined): boolean {
  return shape?.kind === "object" || (shape?.kind === "map" && shape.settings === true);
}

/** The shape of an object whose maps of these names hold settings. */
export function withSettingMaps(shape: Shape, names: readonly string[]): Shape {
  if (shape.kind !== "object" || names.length === 0) return shape;
  const { fields } = shape;
  const marked = new Map(
    [...fields()].map(([name, field]) => [
      name,
      names.includes(name) && field.kind === "map" ? { ...field, settings: true as const } : field,
    ]),
  );
  return { ...shape, fields: () => marked };
}

/** The shape that applies to a value: of a union, the option that fits it best. */
export function shapeFor(shape: Shape | undefined, value: unknown): Shape | undefined {
  if (shape?.kind !== "union") return shape;
  const options = shape.options().map((option) => shapeFor(option, value));
  if (Array.isArray(value)) return options.find((option) => option?.kind === "list");
  if (!isPlainObject(value)) return options.find((option) => option?.kind === "leaf");
  const scored = options
    .filter((option) => option?.kind === "object" || option?.kind === "map")
    .map((option) => ({ option, misses: misses(option, value) }));
  return scored.sort((a, b) => a.misses - b.misses)[0]?.option;
}

function misses(shape: Shape | undefined, value: PlainObject): number {
  if (shape?.kind !== "object") return 0.5;
  const fields = shape.fields();
  return Object.keys(value).filter((key) => !fields.has(key)).length;
}

/** The shape of the value at a key or index below a shape; undefined where the schema says nothing of it. */
export function childShape(shape: Shape | undefined, key: string | number): Shape | undefined {
  if (shape?.kind === "object") return shape.fields().get(String(key));
  if (shape?.kind === "map" || shape?.kind === "list") return shape.items();
  return undefined;
}

/** The value with only those fields that the shape has, at every depth: observed outputs cut down to inputs. */
export function pruneToShape(value: unknown, shape: Shape | undefined): unknown {
  const own = shapeFor(shape, value);
  if (Array.isArray(value) && own?.kind === "list") return value.map((item) => pruneToShape(item, own.items()));
  if (!isPlainObject(value) || (own?.kind !== "object" && own?.kind !== "map")) return value;
  const kept = Object.entries(value).filter(([key, item]) => item !== undefined && childShape(own, key) !== undefined);
  return Object.fromEntries(kept.map(([key, item]) => [key, pruneToShape(item, childShape(own, key))]));
}
