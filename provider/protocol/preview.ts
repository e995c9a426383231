import type { Change } from "../../core/diff/field-diff";
import { mergePlanned } from "../../core/diff/merge";
import type { PlainObject } from "../../core/diff/plain";
import { Unknown } from "../../core/diff/unknown";
import { isOwnFault, messageOf } from "./errors";
import { MachineUnknown } from "./inventory";
import { readWithLedger } from "./ownership/ledger";
import type { Request } from "./request";
import type { Resource } from "./resource";
import { refuseTakeover, TakeoverRefused } from "./takeover";

/**
 * Outputs as far as they are known before anything is done: the target's fields, what the definition can tell, and
 * unknowns of the right type for the rest. Touches nothing.
 */
export function previewOutputs(
  resource: Resource,
  wanted: PlainObject,
  observed: PlainObject | undefined,
  changes: readonly Change[],
): PlainObject {
  const target = resource.asInputs(mergePlanned(observed ?? {}, wanted, changes));
  const told = resource.preview(target, observed);
  const outputs: PlainObject = {};
  if (resource.outputShape.kind !== "object") return target;
  for (const [key, shape] of resource.outputShape.fields()) {
    outputs[key] = told[key] ?? target[key] ?? new Unknown(shape.type);
  }
  return outputs;
}

/**
 * The preview of a create looks at the machine, where that can be reached: what is there already shows in the outputs,
 * and a thing of another stack is refused before the update. Where it cannot, outputs are unknown, with a warning.
 */
export async function previewCreate(resource: Resource, request: Request, wanted: PlainObject): Promise<PlainObject> {
  const observed = await lookAhead(resource, request, wanted);
  const changes = resource.decide({ observed: observed ?? {}, wanted });
  return previewOutputs(resource, wanted, observed, changes);
}

async function lookAhead(resource: Resource, request: Request, wanted: PlainObject): Promise<PlainObject | undefined> {
  const id = resource.idOf(wanted);
  if (id === undefined) return undefined;
  return request.run(async (context) => {
    try {
      const place = request.place(resource, id, wanted, "");
      const { looking } = place.session(context);
      const read = () => resource.observe(looking, place.key, undefined, wanted);
      const { observed, ledger } = await readWithLedger(resource, looking, place.key, read);
      refuseTakeover(place, { before: observed, ledger, owner: looking.owner, creating: true });
      return observed;
    } catch (error) {
      if (error instanceof MachineUnknown) return undefined;
      if (error instanceof TakeoverRefused || context.signal.aborted || isOwnFault(error)) throw error;
      context.warn(`${messageOf(error)}; what is there already is not known, so outputs are shown as unknown`);
      return undefined;
    }
  });
}
