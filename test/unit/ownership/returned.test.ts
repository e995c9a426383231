import { deepEqual } from "node:assert/strict";
import type { Shape } from "../../../core/diff/shape";
import { type PreviousValue, withoutReturned } from "../../../core/ownership/previous";

const leaf: Shape = { kind: "leaf", type: "string", secret: false };
const shape: Shape = {
  kind: "object",
  type: "object",
  secret: false,
  fields: () =>
    new Map<string, Shape>([
      ["mtu", leaf],
      ["key", leaf],
      ["labels", { kind: "map", type: "object", secret: false, items: () => leaf }],
    ]),
};
const mtu: PreviousValue = { keys: ["mtu"], value: 1500 };
const absentKey: PreviousValue = { keys: ["key"] };

describe("values that an update which was killed has brought back", () => {
  const kept = (previous: readonly PreviousValue[], wanted: object, observed: object) =>
    withoutReturned(previous, wanted as never, observed as never, shape);

  it("are forgotten where nobody wants the field any more", () => {
    deepEqual(kept([mtu, absentKey], {}, { mtu: 1500 }), []);
  });

  it("stay where the field is wanted, or is not as it was", () => {
    deepEqual(kept([mtu], { mtu: 1500 }, { mtu: 1500 }), [mtu]);
    deepEqual(kept([mtu], {}, { mtu: 9000 }), [mtu]);
    deepEqual(kept([absentKey], {}, { key: "k" }), [absentKey]);
  });

  it("stay where they are secret and not known here, and where they are entries of a map", () => {
    const secret: PreviousValue = { keys: ["key"], secret: true };
    const label: PreviousValue = { keys: ["labels", "a"], value: "x" };
    deepEqual(kept([secret, label], {}, { labels: { a: "x" } }), [secret, label]);
  });
});
