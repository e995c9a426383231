import { formatPath, isAtOrBelow, type Keys, parsePath } from "./path";
import { definedKeys, getKey, isPlainObject, type PlainObject, sameValue } from "./plain";
import { childShape, holdsSettings, type Shape, shapeFor } from "./shape";

/** How one input field differs between the machine and the program. */
export interface Change {
  /** Property path in Pulumi's notation: `devices["0000:17:00.0"].port`. */
  readonly path: string;
  /** The same place as keys and indices. */
  readonly keys: Keys;
  readonly kind: "add" | "delete" | "update";
  /** Whether the field cannot change in place. */
  readonly replace?: boolean;
}

/** What decides: `previous` are the inputs of the last run, absent when there was none. */
export interface Comparison {
  readonly observed: PlainObject;
  readonly wanted: PlainObject;
  readonly previous?: PlainObject | undefined;
  readonly shape: Shape;
  /** Paths whose differences do not count: `a`, `a.b`, `a["k"].c`, `a[*].c`. */
  readonly ignore?: readonly string[] | undefined;
  /** Top-level fields that cannot change in place. */
  readonly replaceOn?: readonly string[] | undefined;
}

/**
 * What must change so that the observed state is the wanted one, in the order of the wanted fields.
 *
 * A field that is not wanted is left alone, unless the previous inputs had it: then it is to be deleted, of an object
 * the fields that the previous inputs had. So it is with maps of settings. Entries of other maps are managed as a whole:
 * an observed entry that is not wanted is to be deleted. Lists are compared by position.
 * An unknown counts as different, because it may be.
 */
export function decide({ observed, wanted, previous, shape, ignore, replaceOn }: Comparison): Change[] {
  const ignored = (ignore ?? []).map(parsePath).filter((keys) => keys !== undefined);
  const replacing = new Set(replaceOn);
  const changes: Change[] = [];
  compareObjects({ keys: [], shape, previous }, observed, wanted, (keys, kind) => {
    if (ignored.some((pattern) => isAtOrBelow(keys, pattern))) return;
    const change = { path: formatPath(keys), keys, kind };
    changes.push(replacing.has(String(keys[0])) ? { ...change, replace: true } : change);
  });
  return changes;
}

/** A place in the comparison: where it is, its shape, and what the previous inputs had there. */
interface Place {
  readonly keys: Keys;
  readonly shape: Shape | undefined;
  readonly previous: unknown;
}

type Report = (keys: Keys, kind: Change["kind"]) => void;

function compare(place: Place, observed: unknown, wanted: unknown, report: Report): void {
  if (wanted === undefined) {
    if (observed !== undefined) report(place.keys, "delete");
  } else if (observed === undefined) {
    report(place.keys, "add");
  } else if (isPlainObject(wanted) && isPlainObject(observed)) {
    compareObjects({ ...place, shape: shapeFor(place.shape, wanted) }, observed, wanted, report);
  } else if (Array.isArray(wanted) && Array.isArray(observed)) {
    compareLists({ ...place, shape: shapeFor(place.shape, wanted) }, observed, wanted, report);
  } else if (!sameValue(observed, wanted)) {
    // An unknown is an instance of a class, so it is never the same as what was observed.
    report(place.keys, "update");
  }
}

function compareObjects(place: Place, observed: PlainObject, wanted: PlainObject, report: Report): void {
  const previous = isPlainObject(place.previous) ? place.previous : {};
  for (const key of definedKeys(wanted)) {
    compare(below(place, key, getKey(previous, key)), getKey(observed, key), wanted[key], report);
  }
  for (const key of definedKeys(observed)) {
    if (getKey(wanted, key) !== undefined) continue;
    const isWhole = place.shape?.kind === "map" && !holdsSettings(place.shape);
    const managed = isWhole || getKey(previous, key) !== undefined;
    if (managed) compareDropped(below(place, key, getKey(previous, key)), getKey(observed, key), report);
  }
}

/** Of an object that is no longer wanted, the fields go that were: what was never set in it is not managed. */
function compareDropped(place: Place, observed: unknown, report: Report): void {
  const { previous, keys } = place;
  const shape = shapeFor(place.shape, previous);
  const hasFields = isPlainObject(observed) && definedKeys(observed).length > 0;
  if (holdsSettings(shape) && isPlainObject(previous) && hasFields) {
    compareObjects({ keys, shape, previous }, observed, {}, report);
  } else {
    report(keys, "delete");
  }
}

function compareLists(place: Place, observed: readonly unknown[], wanted: readonly unknown[], report: Report): void {
  const previous = Array.isArray(place.previous) ? place.previous : [];
  for (let index = 0; index < Math.max(observed.length, wanted.length); index++) {
    compare(below(place, index, previous[index]), observed[index], wanted[index], report);
  }
}

function below(place: Place, key: string | number, previous: unknown): Place {
  return { keys: [...place.keys, key], shape: childShape(place.shape, key), previous };
}
