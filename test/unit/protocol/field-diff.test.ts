import { deepEqual, equal, ok } from "node:assert/strict";
import * as fc from "fast-check";
import { z } from "zod";
import { decide } from "../../../core/diff/field-diff";
import { mergePlanned } from "../../../core/diff/merge";
import { formatPath, parsePath } from "../../../core/diff/path";
import type { PlainObject } from "../../../core/diff/plain";
import { pruneToShape } from "../../../core/diff/shape";
import { Unknown } from "../../../core/diff/unknown";
import { shapeOf } from "../../../provider/protocol/zod-shape";

const schema = z.strictObject({
  name: z.string().optional(),
  options: z.strictObject({ a: z.number().optional(), b: z.number().optional() }).optional(),
  map: z
    .record(z.string(), z.strictObject({ x: z.number().optional(), list: z.array(z.number()).optional() }))
    .optional(),
  either: z.union([z.strictObject({ file: z.string() }), z.record(z.string(), z.number())]).optional(),
});
const shape = shapeOf(schema);
const changes = (observed: PlainObject, wanted: PlainObject, previous?: PlainObject, ignore?: string[]) =>
  decide({ observed, wanted, previous, shape, ignore }).map(({ path, kind }) => `${kind} ${path}`);

describe("field diff", () => {
  it("leaves unmanaged fields alone, and deletes those that were managed", () => {
    deepEqual(changes({ name: "x", options: { a: 1, b: 2 } }, { options: { a: 1 } }), []);
    deepEqual(
      changes({ name: "x", options: { a: 1, b: 2 } }, { options: { a: 1 } }, { name: "x", options: { a: 1, b: 2 } }),
      ["delete options.b", "delete name"],
    );
    deepEqual(changes({}, {}, { name: "x" }), []);
  });

  it("manages maps as a whole, nested and in unions", () => {
    deepEqual(changes({ map: { a: { x: 1 }, "0000:1": {} } }, { map: { b: {} } }), [
      "add map.b",
      "delete map.a",
      'delete map["0000:1"]',
    ]);
    deepEqual(changes({ map: { a: { x: 1, list: [1] } } }, { map: { a: { list: [1] } } }), []);
    deepEqual(changes({ either: { p: 1, q: 2 } }, { either: { p: 1 } }), ["delete either.q"]);
    deepEqual(changes({ either: { file: "a", extra: 1 } }, { either: { file: "b" } }), ["update either.file"]);
  });

  it("compares lists by position", () => {
    deepEqual(changes({ map: { a: { list: [1, 2, 3] } } }, { map: { a: { list: [1, 5] } } }), [
      "update map.a.list[1]",
      "delete map.a.list[2]",
    ]);
  });

  it("unknowns differ from anything", () => {
    const unknown = new Unknown("string");
    deepEqual(changes({ name: "x", map: { a: {} } }, { name: unknown, map: unknown as never }), [
      "update name",
      "update map",
    ]);
    deepEqual(changes({}, { name: unknown }), ["add name"]);
  });

  it("keys that objects inherit are like any other", () => {
    const wanted = { map: JSON.parse('{"__proto__": {"x": 1}, "constructor": {"x": 2}}') };
    const found = decide({ observed: { map: {} }, wanted, shape });
    deepEqual(found.map(({ path }) => path).sort(), ["map.__proto__", "map.constructor"]);
    const target = mergePlanned({ map: {} }, wanted, found) as { map: PlainObject };
    deepEqual(Object.keys(target.map).sort(), ["__proto__", "constructor"]);
    equal(Object.getPrototypeOf(target.map), Object.prototype);
  });

  it("replaces planned paths only", () => {
    const observed = { name: "x", options: { a: 1, b: 2 }, map: { a: { list: [1, 2, 3] }, b: {} } };
    const wanted = { name: "y", options: { a: 5 }, map: { a: { list: [9] } } };
    const planned = decide({ observed, wanted, shape, ignore: ["name"] });
    deepEqual(mergePlanned(observed, wanted, planned), {
      name: "x",
      options: { a: 5, b: 2 },
      map: { a: { list: [9] } },
    });
    equal(observed.map.a.list.length, 3);
  });

  it("prunes to the fields of a schema at every depth", () => {
    deepEqual(pruneToShape({ name: "x", uuid: "u", map: { a: { x: 1, y: 2 } } }, shape), {
      name: "x",
      map: { a: { x: 1 } },
    });
  });

  const value = fc.record(
    {
      name: fc.string(),
      options: fc.record({ a: fc.nat(3), b: fc.nat(3) }, { requiredKeys: [] }),
      map: fc.dictionary(
        fc.constantFrom("a", "b", "0000:17:00.0", "__proto__", 'q"'),
        fc.record({ x: fc.nat(2), list: fc.array(fc.nat(2), { maxLength: 3 }) }, { requiredKeys: [] }),
      ),
    },
    { requiredKeys: [] },
  );

  it("merging all changes leaves none, and equal values have none", () => {
    fc.assert(
      fc.property(value, value, (observed, wanted) => {
        deepEqual(decide({ observed, wanted: observed, previous: observed, shape }), []);
        const found = decide({ observed, wanted, previous: observed, shape });
        const target = mergePlanned(observed, wanted, found);
        deepEqual(decide({ observed: target, wanted, previous: observed, shape }), []);
      }),
    );
  });

  it("paths read as they are written", () => {
    const key = fc.oneof(
      fc.string({ minLength: 1 }).filter((text) => !text.includes("\\")),
      fc.nat(20),
    );
    fc.assert(fc.property(fc.array(key, { minLength: 1 }), (keys) => deepEqual(parsePath(formatPath(keys)), keys)));
    deepEqual(parsePath("a[*].b"), ["a", "*", "b"]);
    for (const text of ["", ".a", "a[", 'a["', "a[x]", "a..b", "a."]) ok(parsePath(text) === undefined, text);
  });
});
