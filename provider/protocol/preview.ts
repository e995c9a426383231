import type { Change } from "../../core/diff/field-diff";
import { mergePlanned } from "../../core/diff/merge";
import type { PlainObject } from "../../core/diff/plain";
import { hasUnknown, Unknown } from "../../core/diff/unknown";
import { Refusal } from "../../core/problems";
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
function previewOutputs(
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
 * and a thing of another stack, or what the machine cannot have, is refused before the update. Where it cannot, outputs
 * are unknown, with a warning.
 */
export async function previewCreate(resource: Resource, request: Request, wanted: PlainObject): Promise<PlainObject> {
  const observed = await lookAhead(resource, request, wanted);
  const changes = resource.decide({ observed: observed ?? {}, wanted });
  return previewOutputs(resource, wanted, observed, changes);
}

/** The preview of an update tells from the state, which was refreshed just before, what the machine cannot have. */
export async function previewUpdate(
  resource: Resource,
  request: Request,
  { wanted, state, planned }: { wanted: PlainObject; state: PlainObject; planned: readonly Change[] },
): Promise<PlainObject> {
  await request.run(async (context) => resource.mustSuit(state, wanted, context));
  return previewOutputs(resource, wanted, state, planned);
}

async function lookAhead(resource: Resource, request: Request, wanted: PlainObject): Promise<PlainObject | undefined> {
  const id = resource.idOf(wanted);
  if (id === undefined) return undefined;
  return request.run(async (context) => {
    try {
      const place = request.place(resource, id, wanted, "");
      const { looking } = place.session(context);
      // A definition takes its inputs as they are: it knows no unknowns.
      const inputs = hasUnknown(wanted) ? undefined : wanted;
      const read = () => resource.observe(looking, place.key, { inputs, kept: [wanted] });
      const { observed, ledger } = await readWithLedger(resource, looking, place.key, read);
      refuseTakeover(place, { before: observed, ledger, owner: looking.owner, creating: true });
      resource.mustSuit(observed, wanted, context);
      return observed;
    } catch (error) {
      if (error instanceof MachineUnknown) return undefined;
      if (error instanceof TakeoverRefused || error instanceof Refusal || context.signal.aborted || isOwnFault(error))
        throw error;
      context.warn(`${messageOf(error)}; what is there already is not known, so outputs are shown as unknown`);
      return undefined;
    }
  });
}
