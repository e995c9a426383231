import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { decide } from "../../../core/diff/field-diff";
import { mergePlanned } from "../../../core/diff/merge";
import { formatPath } from "../../../core/diff/path";
import type { PlainObject } from "../../../core/diff/plain";
import type { Shape } from "../../../core/diff/shape";
import {
  asWanted,
  mergePrevious,
  type PreviousValue,
  rememberPrevious,
  restore,
  withRestored,
} from "../../../core/ownership/previous";

const leaf: Shape = { kind: "leaf", type: "string", secret: false };
const object = (fields: Record<string, Shape>): Shape => ({
  kind: "object",
  type: "object",
  secret: false,
  fields: () => new Map(Object.entries(fields)),
});
const shape = object({
  mtu: leaf,
  limits: object({ soft: leaf, hard: leaf }),
  labels: { kind: "map", type: "object", secret: false, items: () => leaf },
});
const plain = () => false;
const paths = (previous: readonly PreviousValue[]) => previous.map(({ keys }) => formatPath(keys));

/** One update of settings: what is on the machine after it, and what is remembered. */
function write(machine: PlainObject, known: readonly PreviousValue[], wanted: PlainObject, before: PlainObject = {}) {
  const changes = decide({ observed: machine, wanted, previous: before, shape });
  const previous = rememberPrevious(known, machine, changes, plain);
  const back = withRestored(wanted, changes, previous, shape);
  return { machine: mergePlanned(machine, back.wanted, changes), previous: back.previous };
}

describe("previous values", () => {
  it("are of single values and lists that are as wanted, too: nothing else of what is there", () => {
    const machine = { mtu: "1500", limits: { soft: "1", hard: "9" }, labels: { a: "x" }, list: ["a"], more: "1" };
    const wanted = { mtu: "1500", limits: { soft: "1", hard: "2" }, labels: { a: "x", b: "y" }, list: ["a"], new: "z" };
    deepEqual(
      asWanted(wanted, machine).map(({ keys }) => formatPath(keys)),
      ["mtu", "limits.soft", "labels.a", "list"],
    );
  });

  it("are remembered at the first write of a place, and never again", () => {
    const first = write({ mtu: 1500, limits: { soft: 1 } }, [], { mtu: 9000 });
    deepEqual(first.previous, [{ keys: ["mtu"], value: 1500 }]);
    const second = write(first.machine, first.previous, { mtu: 4000, limits: { soft: 2, hard: 3 } }, { mtu: 9000 });
    deepEqual(second.previous, [
      { keys: ["mtu"], value: 1500 },
      { keys: ["limits", "soft"], value: 1 },
      { keys: ["limits", "hard"] },
    ]);
    deepEqual(restore(second.machine, { mtu: 4000, limits: { soft: 2, hard: 3 } }, second.previous, shape).target, {
      mtu: 1500,
      limits: { soft: 1 },
    });
  });

  it("come back where a field is taken out of the program, and are forgotten then", () => {
    const first = write({ mtu: 1500 }, [], { mtu: 9000, limits: { soft: 2 } });
    const second = write(first.machine, first.previous, { limits: { soft: 2 } }, { mtu: 9000, limits: { soft: 2 } });
    equal(second.machine.mtu, 1500);
    deepEqual(paths(second.previous), ["limits"]);
  });

  it("do not come back as entries of a map: those are managed as a whole", () => {
    const first = write({ labels: { a: "theirs" } }, [], { labels: { a: "ours" } });
    const second = write(first.machine, first.previous, { labels: {} }, { labels: { a: "ours" } });
    deepEqual(second.machine.labels, {});
    deepEqual(restore(second.machine, { labels: {} }, second.previous, shape).target, { labels: { a: "theirs" } });
  });

  it("are not put back over what somebody else has changed since", () => {
    const { machine, previous } = write({ mtu: 1500, limits: { soft: 1 } }, [], { mtu: 9000, limits: { soft: 2 } });
    const { target, changes, left } = restore(
      { ...machine, mtu: 4000 },
      { mtu: 9000, limits: { soft: 2 } },
      previous,
      shape,
    );
    deepEqual(target, { mtu: 4000, limits: { soft: 1 } });
    deepEqual(
      changes.map(({ path, kind }) => [path, kind]),
      [["limits.soft", "update"]],
    );
    deepEqual(left, ["mtu: it was changed since by somebody else"]);
  });

  it("of a setting that is no longer there are told, and put back nowhere", () => {
    const { previous } = write({ mtu: 1500, limits: { soft: 1 } }, [], { mtu: 9000, limits: { soft: 2 } });
    const { target, changes, left } = restore({ limits: { soft: 2 } }, { limits: { soft: 2 } }, previous, shape);
    deepEqual(target, { limits: { soft: 1 } });
    equal(changes.length, 1);
    deepEqual(left, ["mtu: it is no longer there"]);
  });

  it("keep a secret's place alone in a record, and its value in the state", () => {
    const changes = decide({ observed: { mtu: "hush" }, wanted: { mtu: "x" }, shape });
    const inState = rememberPrevious([], { mtu: "hush" }, changes, () => true);
    deepEqual(inState, [{ keys: ["mtu"], value: "hush", secret: true }]);
    const inRecord: PreviousValue[] = [{ keys: ["mtu"], secret: true }];
    deepEqual(mergePrevious(inRecord, inState), inState);
    deepEqual(restore({ mtu: "x" }, { mtu: "x" }, inRecord, shape).left, [
      "mtu: its previous value is a secret that this state does not hold",
    ]);
  });

  it("restore the machine after any chain of updates (property)", () => {
    const value = fc.constantFrom("1", "2", "3");
    const settings = fc.record(
      { mtu: value, limits: fc.record({ soft: value, hard: value }, { requiredKeys: [], noNullPrototype: true }) },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(settings, fc.array(settings, { minLength: 1, maxLength: 6 }), (original, updates) => {
        let [machine, previous, before]: [PlainObject, readonly PreviousValue[], PlainObject] = [original, [], {}];
        for (const wanted of updates) {
          ({ machine, previous } = write(machine, previous, wanted, before));
          before = wanted;
        }
        const { target, left } = restore(machine, before, previous, shape);
        deepEqual(left, []);
        // An object that was not there may stay, empty.
        const withLimits = (one: PlainObject) => ({ limits: {}, ...one });
        deepEqual(withLimits(target), withLimits(original));
      }),
      { numRuns: 500 },
    );
  });
});
