import { isPlainObject, type PlainObject } from "../../core/diff/plain";
import type { PreviousValue } from "../../core/ownership/previous";

/**
 * Outputs that the state keeps for this layer. Names with two underscores are the provider's own: Pulumi shows them
 * nowhere (sdk/go/common/resource/plugin IsInternalPropertyKey).
 */
const CLAIM = "__claim";
const PREVIOUS = "__previous";
const UNFINISHED = "__unfinished";

/** What the state knows of a resource besides its outputs. */
export interface Hidden {
  /** The claim under which the thing is owned; absent after an import of what nobody owned. */
  readonly claim?: string | undefined;
  /** What was there before the first write, of settings. */
  readonly previous?: readonly PreviousValue[] | undefined;
  /**
   * Why the last attempt failed. The engine drops a resource's init errors when a read succeeds, and with
   * `refreshBeforeUpdate` one comes before each update: what failed would never be tried again.
   */
  readonly unfinished?: readonly string[] | undefined;
}

export function hiddenIn(state: PlainObject): Hidden {
  const { [CLAIM]: claim, [PREVIOUS]: previous, [UNFINISHED]: unfinished } = state;
  return {
    claim: typeof claim === "string" ? claim : undefined,
    previous: Array.isArray(previous) ? previous.filter(isPlainObject).map(toPrevious) : undefined,
    unfinished: Array.isArray(unfinished) ? unfinished.map(String) : undefined,
  };
}

/** The outputs with what the state is to know besides. */
export function withHidden(outputs: PlainObject, { claim, previous, unfinished }: Hidden): PlainObject {
  return {
    ...outputs,
    ...(claim === undefined ? {} : { [CLAIM]: claim }),
    ...(previous === undefined ? {} : { [PREVIOUS]: previous }),
    ...(unfinished === undefined || unfinished.length === 0 ? {} : { [UNFINISHED]: unfinished }),
  };
}

/** Keys of the hidden output that holds values of the machine, some of which may be secret. */
export const PREVIOUS_KEYS = [PREVIOUS];

function toPrevious(stored: PlainObject): PreviousValue {
  const { keys, value, secret } = stored;
  return {
    keys: Array.isArray(keys) ? keys : [],
    ...(value === undefined ? {} : { value }),
    ...(secret === true ? { secret } : {}),
  };
}
