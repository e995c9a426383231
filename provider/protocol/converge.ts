import type { Change } from "../../core/diff/field-diff";
import { mergePlanned, valueAt } from "../../core/diff/merge";
import { overlaps } from "../../core/diff/path";
import { type PlainObject, sameValue } from "../../core/diff/plain";
import type { WorkContext } from "./definition";
import { messageOf } from "./errors";
import { InitFailed } from "./init-failed";
import type { Resource } from "./resource";

/** What is to be made true, and what the plan showed of it. */
export interface Goal {
  readonly id: string;
  readonly wanted: PlainObject;
  /** The state's outputs; undefined on create. */
  readonly state?: PlainObject | undefined;
  /** Changes that the plan showed; undefined on create, which may write every wanted field. */
  readonly planned?: readonly Change[] | undefined;
  readonly ignore: readonly string[];
  /** Runs the one look at what failed work has left, bounded in time and even after cancel. */
  readonly lookAgain: Run;
}

/** Runs work within the request's time, ended by cancel. */
export type Run = <T>(work: (context: WorkContext) => Promise<T>) => Promise<T>;

/**
 * Observe, decide, apply what differs, observe again, verify. Create and update are the same.
 * Returns the outputs. Throws InitFailed with what exists when it does not come out as wanted, and a plain error when
 * nothing was made or changed.
 */
export async function converge(resource: Resource, run: Run, goal: Goal): Promise<PlainObject> {
  let attempted: { before: PlainObject | undefined; target: PlainObject } | undefined;
  try {
    return await run(async (context) => {
      const before = await observe(resource, context, goal);
      const changes = changesToMake(resource, context, goal, before);
      const merged = mergePlanned(before ?? {}, goal.wanted, changes);
      const target = { ...resource.asInputs(merged), ...resource.keptOf(resource.asInputs(goal.wanted)) };
      attempted = { before, target };
      const writes = resource.written(changes);
      if (!goal.state || writes.length > 0) await resource.definition.apply(context, target, before, writes);
      const after = await observe(resource, context, goal);
      if (!after) throw new Error(`${resource.kind} ${goal.id} is not there after it was written`);
      return await confirm(resource, context, goal, changes, after);
    });
  } catch (error) {
    // Before the first write nothing was made; InitFailed has looked already.
    if (!attempted || error instanceof InitFailed) throw error;
    throw await asFound(resource, goal, attempted.before, attempted.target, error);
  }
}

function observe(resource: Resource, context: WorkContext, goal: Goal): Promise<PlainObject | undefined> {
  return resource.observe(context, goal.id, goal.wanted, goal.state ?? {});
}

/** The differences that the plan covers; others that came up since are reported, not mended. */
function changesToMake(
  resource: Resource,
  context: WorkContext,
  goal: Goal,
  before: PlainObject | undefined,
): Change[] {
  const { id, wanted, planned, ignore, state } = goal;
  if (before && !state) {
    const refused = resource.definition.refuseTakeover?.(context, before, wanted);
    if (refused) throw new Error(refused);
  }
  if (!before && state) {
    throw new Error(`${resource.kind} ${id} is no longer there. Run \`pulumi up\` again: it will plan to create it.`);
  }
  const found = resource.decide({ observed: before ?? {}, wanted, ignore });
  if (!planned) return found;
  const covered = (change: Change) => planned.some((plan) => overlaps(change.keys, plan.keys));
  for (const drift of found.filter((change) => !covered(change))) {
    context.warn(
      `${drift.path} has changed since the plan was made; it was left as it is. The next update will show it.`,
    );
  }
  // Deletions of fields show only against the previous inputs, which the plan has seen.
  const deletions = planned.filter(
    (plan) => plan.kind === "delete" && !found.some((change) => change.path === plan.path),
  );
  return [...found.filter(covered), ...deletions.filter((plan) => valueAt(before, plan.keys) !== undefined)];
}

/** Holds what was observed after the write against what was wanted, and asks the definition for the rest. */
async function confirm(
  resource: Resource,
  context: WorkContext,
  goal: Goal,
  made: readonly Change[],
  after: PlainObject,
): Promise<PlainObject> {
  const outputs = { ...after, ...resource.keptOf(goal.wanted) };
  const left = resource
    .decide({ observed: outputs, wanted: goal.wanted, ignore: goal.ignore })
    .filter((change) => made.some((done) => overlaps(change.keys, done.keys)));
  const reasons = left.map((change) => `${change.path} is not as wanted after it was written`);
  const verified = await verify(resource, context, goal, outputs, reasons);
  const complete = { ...outputs, ...verified?.outputs };
  reasons.push(...(verified?.problems ?? []));
  if (reasons.length > 0) throw new InitFailed(goal.id, complete, goal.wanted, reasons);
  return complete;
}

/** What verify finds is told beside the fields; where it cannot even run, the fields alone must not be lost. */
async function verify(
  resource: Resource,
  context: WorkContext,
  goal: Goal,
  outputs: PlainObject,
  reasons: readonly string[],
): Promise<{ outputs: PlainObject; problems: string[] } | undefined> {
  try {
    return await resource.definition.verify?.(context, outputs, goal.wanted);
  } catch (error) {
    if (reasons.length === 0) throw error;
    return { outputs: {}, problems: [messageOf(error)] };
  }
}

/** The error as it is to be reported, after a look at what failed work has left behind. */
async function asFound(
  resource: Resource,
  goal: Goal,
  before: PlainObject | undefined,
  target: PlainObject,
  error: unknown,
): Promise<unknown> {
  let left: PlainObject | undefined;
  try {
    left = await goal.lookAgain((context) => observe(resource, context, goal));
  } catch (unseen) {
    // Something may have been made: on create it is kept in state, and the next refresh tells. On update the old state stays.
    if (goal.state) return error;
    return new InitFailed(goal.id, target, goal.wanted, [
      messageOf(error),
      `Its state could not be read afterwards: ${messageOf(unseen)}`,
    ]);
  }
  if (!left || (goal.state && sameValue(left, before))) return error;
  return new InitFailed(goal.id, { ...left, ...resource.keptOf(goal.wanted) }, goal.wanted, [messageOf(error)]);
}
