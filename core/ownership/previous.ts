import type { Change } from "../diff/field-diff";
import { mergePlanned, replaceValue, valueAt } from "../diff/merge";
import { formatPath, isAtOrBelow, type Keys } from "../diff/path";
import { definedKeys, getKey, isPlainObject, type PlainObject, sameValue } from "../diff/plain";
import { childShape, holdsSettings, type Shape } from "../diff/shape";

/** What was at a place before it was taken over. */
export interface PreviousValue {
  readonly keys: Keys;
  /** Absent where nothing was there. */
  readonly value?: unknown;
  /** Secret values are kept in the stack's state alone: a record on the machine has the place without the value. */
  readonly secret?: true;
}

/** The values known, and those at places that are now written or taken over for the first time. */
export function rememberPrevious(
  known: readonly PreviousValue[],
  observed: PlainObject,
  places: readonly { readonly keys: Keys }[],
  isSecret: (keys: Keys) => boolean,
): PreviousValue[] {
  const added = places
    .filter(({ keys }) => !known.some((one) => isAtOrBelow(keys, one.keys)))
    .map(({ keys }): PreviousValue => {
      const value = valueAt(observed, keys);
      // That nothing was there is no secret: it can be written down, and comes back.
      if (value === undefined) return { keys };
      return { keys, value, ...(isSecret(keys) ? { secret: true } : {}) };
    });
  return [...known, ...added];
}

/**
 * Places that are as they are wanted to be, down to single values and lists. They are taken over unwritten: what somebody makes
 * of them later, and an update puts right, is not what was there before.
 */
export function asWanted(wanted: PlainObject, observed: PlainObject, above: Keys = []): { readonly keys: Keys }[] {
  return definedKeys(wanted).flatMap((key) => {
    const [value, found] = [wanted[key], getKey(observed, key)];
    const keys = [...above, key];
    if (isPlainObject(value) && isPlainObject(found)) return asWanted(value, found, keys);
    return sameValue(value, found) ? [{ keys }] : [];
  });
}

/** The values with those that only the other side has: a record holds no secrets, a state may be older. */
export function mergePrevious(
  record: readonly PreviousValue[],
  state: readonly PreviousValue[],
): readonly PreviousValue[] {
  return record.map((one) => {
    if (!one.secret) return one;
    const kept = state.find((other) => sameValue(other.keys, one.keys));
    return kept ?? one;
  });
}

/**
 * The wanted values for a write where fields were taken out of the program: such a field of an object gets back what it
 * was before, as a delete of the whole resource would do it; so does an entry of a map of settings. An entry of another
 * map has no claim to come back.
 */
export function withRestored(
  wanted: PlainObject,
  changes: readonly Change[],
  previous: readonly PreviousValue[],
  shape: Shape,
): { wanted: PlainObject; previous: readonly PreviousValue[] } {
  const restored = previous.filter(
    (one) =>
      changes.some(({ kind, keys }) => kind === "delete" && sameValue(keys, one.keys)) && isField(shape, one.keys),
  );
  const left = previous.filter((one) => !restored.includes(one));
  return { wanted: restored.reduce((all, { keys, value }) => replaceValue(all, keys, value), wanted), previous: left };
}

/**
 * The values without those of fields that nobody wants any more and that are again as they were: an update that was
 * killed has brought them back, and could not write down that it did.
 */
export function withoutReturned(
  previous: readonly PreviousValue[],
  wanted: PlainObject,
  observed: PlainObject,
  shape: Shape,
): readonly PreviousValue[] {
  const isBack = (one: PreviousValue) =>
    isKnown(one) && valueAt(wanted, one.keys) === undefined && sameValue(valueAt(observed, one.keys), one.value);
  return previous.filter((one) => !(isField(shape, one.keys) && isBack(one)));
}

/**
 * The inputs of the last run, and the places that still hold what an earlier one wrote: where an update failed before a
 * field that was taken out of the program got back what it was before, the next one is to do it.
 */
export function withUnreturned(
  inputs: PlainObject,
  observed: PlainObject,
  previous: readonly PreviousValue[],
  shape: Shape,
): PlainObject {
  const unreturned = previous.filter((one) => {
    const { keys, value } = one;
    const now = valueAt(observed, keys);
    return (
      isField(shape, keys) &&
      isKnown(one) &&
      now !== undefined &&
      valueAt(inputs, keys) === undefined &&
      !sameValue(now, value)
    );
  });
  return unreturned.reduce((all, { keys }) => replaceValue(all, keys, valueAt(observed, keys)), inputs);
}

/** The value of a secret may be lost: a record on the machine has none. */
const isKnown = ({ value, secret }: PreviousValue): boolean => value !== undefined || !secret;

function isField(shape: Shape, keys: Keys): boolean {
  const above = keys.slice(0, -1).reduce<Shape | undefined>((at, key) => childShape(at, key), shape);
  return holdsSettings(above);
}

/** What a delete does about what was there before. */
export interface Restoration {
  readonly target: PlainObject;
  readonly changes: readonly Change[];
  /** Paths that are left as they are, and why. */
  readonly left: readonly string[];
}

/**
 * Puts back what was there before, at the places that still are as they were written. What somebody changed since is
 * left to them.
 */
export function restore(
  observed: PlainObject,
  written: PlainObject,
  previous: readonly PreviousValue[],
  shape: Shape,
): Restoration {
  const left: string[] = [];
  let wanted = observed;
  const changes: Change[] = [];
  // Whole objects first, then the places inside them, which were written earlier.
  for (const { keys, value, secret } of [...previous].sort((a, b) => a.keys.length - b.keys.length)) {
    const now = valueAt(observed, keys);
    const path = formatPath(keys);
    if (sameValue(now, value)) continue;
    if (secret && value === undefined)
      left.push(`${path}: its previous value is a secret that this state does not hold`);
    else if (now === undefined && valueAt(written, keys) === undefined && isField(shape, keys))
      left.push(`${path}: it is no longer there`);
    else if (!sameValue(now, valueAt(written, keys))) left.push(`${path}: it was changed since by somebody else`);
    else {
      wanted = replaceValue(wanted, keys, value);
      changes.push({ path, keys, kind: value === undefined ? "delete" : now === undefined ? "add" : "update" });
    }
  }
  return { target: mergePlanned(observed, wanted, changes), changes, left };
}
