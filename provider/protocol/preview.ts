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
  const target = resource.asInputs(mergePlanned(observed ?? {}, resource.resolved(observed, wanted), changes));
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

/** What the preview of an update goes by. */
interface PlannedUpdate {
  readonly wanted: PlainObject;
  readonly state: PlainObject;
  readonly planned: readonly Change[];
  readonly ignore: readonly string[];
}

/**
 * The preview of an update goes by the state, which was refreshed just before. Where settings are asked for that the
 * state does not know, it looks at the machine, as that of a create does.
 */
export async function previewUpdate(
  resource: Resource,
  request: Request,
  id: string,
  { wanted, state, planned, ignore }: PlannedUpdate,
): Promise<PlainObject> {
  const isNew = resource.asksForMore(wanted, state) && !hasUnknown(wanted);
  const seen = isNew ? await lookAhead(resource, request, wanted, { id, state, ignore }) : undefined;
  if (seen) {
    const dropped = planned.filter(({ kind }) => kind === "delete");
    return previewOutputs(resource, wanted, seen, [...resource.decide({ observed: seen, wanted, ignore }), ...dropped]);
  }
  await request.run(async (context) => resource.mustSuit({ observed: state, wanted, ignore }, context));
  return previewOutputs(resource, wanted, state, planned);
}

/** What is known of a thing that is there already. */
interface Before {
  readonly id: string;
  readonly state: PlainObject;
  readonly ignore: readonly string[];
}

async function lookAhead(
  resource: Resource,
  request: Request,
  wanted: PlainObject,
  before?: Before,
): Promise<PlainObject | undefined> {
  const id = before?.id ?? resource.idOf(wanted);
  if (id === undefined) return undefined;
  return request.run(async (context) => {
    try {
      const place = request.place(resource, id, wanted, "");
      const { looking } = place.session(context);
      // A definition takes its inputs as they are: it knows no unknowns.
      const inputs = hasUnknown(wanted) ? undefined : wanted;
      const { state, ignore } = before ?? {};
      const read = () => resource.observe(looking, place.key, { inputs, state, kept: [wanted] });
      const { observed, ledger } = await readWithLedger(resource, looking, place.key, read);
      refuseTakeover(place, { before: observed, ledger, owner: looking.owner, creating: !before });
      resource.mustSuit({ observed, wanted, ignore }, context);
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
