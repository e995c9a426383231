import type { Shape } from "../../core/diff/shape";
import type { UnknownType } from "../../core/diff/unknown";
import { type AnySchema, type Unwrapped, unwrap } from "./zod-schema";

const known = new WeakMap<AnySchema, Shape>();

/** The shape of a zod schema, made once per schema; children are made on demand because schemas may be recursive. */
export function shapeOf(schema: AnySchema): Shape {
  let shape = known.get(schema);
  if (!shape) {
    shape = makeShape(unwrap(schema));
    known.set(schema, shape);
  }
  return shape;
}

function makeShape({ definition, secret }: Unwrapped): Shape {
  const { shape, element, valueType, options } = definition;
  if (definition.type === "object" && shape) {
    const fields = once(() => new Map(Object.entries(shape).map(([key, field]) => [key, shapeOf(field)])));
    return { kind: "object", type: "object", secret, fields };
  }
  if (definition.type === "record" && valueType) {
    return { kind: "map", type: "object", secret, items: () => shapeOf(valueType) };
  }
  if (definition.type === "array" && element) {
    return { kind: "list", type: "array", secret, items: () => shapeOf(element) };
  }
  if (definition.type === "union" && options?.[0]) {
    const first = options[0];
    // A recursive union would ask for its own type, so the type is read only when it is needed.
    return {
      kind: "union",
      secret,
      options: once(() => options.map(shapeOf)),
      get type() {
        return shapeOf(first).type;
      },
    };
  }
  return { kind: "leaf", type: leafType(definition), secret };
}

function leafType(definition: Unwrapped["definition"]): UnknownType {
  const sample = definition.values?.[0] ?? Object.values(definition.entries ?? {})[0];
  const type = sample === undefined ? definition.type : typeof sample;
  if (type === "number") return "number";
  return type === "boolean" ? "bool" : "string";
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
