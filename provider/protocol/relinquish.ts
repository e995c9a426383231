import type { PlainObject } from "../../core/diff/plain";
import { mergePrevious, restore } from "../../core/ownership/previous";
import { ReachError } from "../reach/reach";
import type { ResourceContext } from "./definition";
import type { Hidden } from "./hidden-outputs";
import { type Ledger, readWithLedger } from "./ownership/ledger";
import type { Place } from "./place";

/** What the state knows of a thing that is to be given up. */
export interface Relinquished {
  readonly state: PlainObject;
  /** Inputs of the last update: what was written, whatever a refresh has found since. */
  readonly inputs: PlainObject;
  readonly hidden: Hidden;
}

/**
 * Delete: destroys what was made, puts back what was there before settings were written. Only what this resource still
 * owns: what another resource or stack has taken over, and what was only imported, stays as it is.
 */
export async function relinquish(place: Place, goal: Relinquished): Promise<void> {
  await place.run(async (session) => {
    try {
      await session.writing((context) => giveUp(place, context, goal));
    } catch (error) {
      const isOff = error instanceof ReachError && error.phase === "off";
      if (!isOff || place.resource.definition.isGuest !== true) throw error;
      session.looking.warn(
        `${place.id} is left as it is: ${error.message}. What is set for its boots stays on its disk`,
      );
    }
  });
}

async function giveUp(place: Place, context: ResourceContext, goal: Relinquished): Promise<void> {
  const { resource, key } = place;
  const { observed, ledger } = await readWithLedger(resource, context, key, () =>
    resource.observe(context, key, { inputs: goal.inputs, state: goal.state, kept: [goal.state] }),
  );
  const kept = whyLeft(goal, ledger);
  if (kept !== undefined) {
    if (observed) context.info(`${place.id} is left as it is: ${kept}`);
    return;
  }
  if (resource.definition.ownerIn) {
    if (observed) await resource.definition.destroy(context, key, goal.state);
    return;
  }
  if (goal.inputs.restoreOnDelete === false) context.info(`${place.id} is left as it is: restoreOnDelete is false`);
  else if (observed) await putBack(place, context, goal, ledger, observed);
  await ledger.erase();
}

/** Why the thing is not this resource's to take away; undefined where it is. */
function whyLeft({ hidden }: Relinquished, { record }: Ledger): string | undefined {
  if (!record) return "nothing says that this provider made or changed it";
  if (record.owner.claim === hidden.claim) return undefined;
  return `it now belongs to ${record.owner.urn} of stack ${record.owner.stack}`;
}

async function putBack(
  { resource, id, key }: Place,
  context: ResourceContext,
  { state, inputs, hidden }: Relinquished,
  { record }: Ledger,
  observed: PlainObject,
): Promise<void> {
  if (record && !record.existed) return resource.definition.destroy(context, key, state);
  const previous = mergePrevious(record?.previous ?? [], hidden.previous ?? []);
  const { target, changes, left } = restore(
    observed,
    resource.resolved(observed, inputs),
    previous,
    resource.inputShape,
  );
  for (const path of left) context.warn(`${id}: not restored: ${path}`);
  const leaves = resource.definition.leaves?.(observed) ?? false;
  if (changes.length > 0 || leaves)
    await resource.definition.apply(context, resource.asInputs(target), observed, changes);
}
