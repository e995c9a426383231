import { mergePlanned } from "../../core/diff/merge";
import type { PlainObject } from "../../core/diff/plain";
import { Unknown } from "../../core/diff/unknown";
import type { Resource } from "./resource";

/**
 * Outputs as far as they are known before anything is done: the target's fields, what the definition can tell, and
 * unknowns of the right type for the rest. Touches nothing.
 */
export function previewOutputs(
  resource: Resource,
  wanted: PlainObject,
  state: PlainObject | undefined,
  ignore: readonly string[],
  previous?: PlainObject,
): PlainObject {
  const changes = resource.decide({ observed: state ?? {}, wanted, previous, ignore });
  const target = resource.asInputs(mergePlanned(state ?? {}, wanted, changes));
  const told = resource.preview(target, state);
  const outputs: PlainObject = {};
  if (resource.outputShape.kind !== "object") return target;
  for (const [key, shape] of resource.outputShape.fields()) {
    outputs[key] = told[key] ?? target[key] ?? new Unknown(shape.type);
  }
  return outputs;
}
