import type { Keys } from "../../../core/diff/path";
import type { PlainObject } from "../../../core/diff/plain";
import type { Draw } from "./hostile-draw";

/** Valid inputs made wrong, and where they are. */
export interface Wrong {
  readonly inputs: PlainObject;
  /** One of them must be named, or what lies below or above it. */
  readonly at: readonly Keys[];
}

/**
 * What hostile inputs are made of, said anew rather than read from the schemas: a schema that forgets a rule is to be
 * found. Places are patterns like `cells.*.cpus`.
 */
export interface Subject {
  readonly name: string;
  /** Inputs without anything wrong. */
  readonly samples: readonly PlainObject[];
  /** Objects with known fields alone; the root is always one. */
  readonly objects: readonly string[];
  /** Maps, and what their keys look like. */
  readonly maps: Readonly<Record<string, RegExp>>;
  /** Fields that cannot be left out. */
  readonly required: readonly string[];
  /** Texts, and what they look like at most. */
  readonly texts: Readonly<Record<string, RegExp>>;
  /** Whole numbers: the least and the most. */
  readonly integers: Readonly<Record<string, readonly [number, number]>>;
  /** Places that take values of several types; true and objects are never among them. */
  readonly unions: readonly string[];
  /** Inputs of the right shape that make no sense. */
  readonly nonsense: Readonly<Record<string, (sample: PlainObject, draw: Draw) => Wrong | undefined>>;
  /** Whether texts stand for the values in them. */
  readonly json?: boolean;
}
