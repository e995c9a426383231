import type { Change } from "../../core/diff/field-diff";
import { mergePlanned, valueAt } from "../../core/diff/merge";
import { overlaps } from "../../core/diff/path";
import { type PlainObject, sameValue } from "../../core/diff/plain";
import type { Owner } from "../../core/ownership/owner";
import {
  mergePrevious,
  type PreviousValue,
  rememberPrevious,
  withoutReturned,
  withRestored,
} from "../../core/ownership/previous";
import type { ResourceContext } from "./definition";
import { messageOf } from "./errors";
import { type Hidden, withHidden } from "./hidden-outputs";
import { InitFailed } from "./init-failed";
import { type Ledger, readWithLedger } from "./ownership/ledger";
import type { Place } from "./place";
import { refuseTakeover } from "./takeover";
import { untilReached } from "./until-reached";

/** What is to be made true, and what the plan showed of it. */
export interface Goal {
  readonly wanted: PlainObject;
  /** The state's outputs; undefined on create. */
  readonly state?: PlainObject | undefined;
  /** Changes that the plan showed; undefined on create, which may write every wanted field. */
  readonly planned?: readonly Change[] | undefined;
  readonly ignore: readonly string[];
  /** What the state knows besides; nothing on create. */
  readonly hidden: Hidden;
}

/** What a write has come to. */
interface Written {
  readonly changes: readonly Change[];
  readonly after: PlainObject;
  readonly hidden: Hidden;
}

/** Where failed work was when it failed. */
interface Attempt {
  before?: PlainObject | undefined;
  target?: PlainObject;
  hidden?: Hidden;
  /** Takes back what was written down, where nothing was before. */
  forget?: () => Promise<void>;
}

/**
 * Observe, decide, apply what differs, observe again, verify. Create and update are the same. What writes holds the
 * machine; the verification after it does not. Returns the outputs. Throws InitFailed with what exists when it does not
 * come out as wanted, and a plain error when nothing was made or changed.
 */
export async function converge(place: Place, goal: Goal): Promise<PlainObject> {
  const attempt: Attempt = {};
  const { unfinished: _, ...lasting } = goal.hidden;
  const writes = !goal.state || place.resource.written(goal.planned ?? []).length > 0;
  try {
    return await place.run(async (session) => {
      const isGuest = place.resource.definition.isGuest === true;
      const reach = <T>(work: () => Promise<T>) =>
        isGuest ? untilReached(session.looking, () => !attempt.target, work) : work();
      const written = writes
        ? await reach(() => session.writing((context) => write(place, context, goal, attempt)))
        : {
            changes: goal.planned ?? [],
            after: await reach(() => mustSuit(place, session.looking, goal)),
            hidden: lasting,
          };
      return await confirm(place, session.looking, goal, written);
    });
  } catch (error) {
    // Before the first write nothing was made; InitFailed has looked already.
    if (!attempt.target || error instanceof InitFailed) throw error;
    throw await asFound(place, goal, attempt, error);
  }
}

async function write(place: Place, context: ResourceContext, goal: Goal, attempt: Attempt): Promise<Written> {
  const { resource } = place;
  const { observed: before, ledger } = await readWithLedger(resource, context, place.key, () =>
    resource.observe(context, place.key, { inputs: goal.wanted, state: goal.state, kept: [goal.state ?? {}] }),
  );
  refuseTakeover(place, { before, ledger, owner: context.owner, creating: !goal.state });
  if (!before && goal.state) {
    throw new Error(
      `${resource.typeName} ${place.id} is no longer there. Run \`pulumi up\` again: it will plan to create it.`,
    );
  }
  const wanted = resource.resolved(before, goal.wanted);
  resource.mustSuit({ ...goal, wanted, observed: before }, context);
  const changes = changesToMake(place, context, { ...goal, wanted }, before);
  const writes = resource.written(changes);
  const tenure = tenureFor(place, { ...goal, wanted }, ledger, { before, writes, owner: context.owner });
  const merged = mergePlanned(before ?? {}, tenure.wanted, changes);
  const target = { ...resource.asInputs(merged), ...resource.keptOf(resource.asInputs(goal.wanted)) };
  attempt.before = before;
  attempt.target = target;
  if (!ledger.record) attempt.forget = ledger.erase;
  attempt.hidden = { claim: context.owner.claim, ...previousOf(place, tenure.record.previous) };
  if (!goal.state || writes.length > 0) {
    await ledger.write(tenure.record);
    await resource.definition.apply(context, target, before, writes, wanted);
  }
  const after = await mustSee(place, context, goal);
  // What a field taken out of the program got back is its own again.
  if (tenure.kept.length < tenure.record.previous.length)
    await ledger.write({ ...tenure.record, previous: tenure.kept });
  return { changes, after, hidden: { claim: context.owner.claim, ...previousOf(place, tenure.kept) } };
}

/** What is to be written down before the first write, and the wanted values with what comes back from before. */
function tenureFor(
  place: Place,
  goal: Goal,
  { record }: Ledger,
  work: { before: PlainObject | undefined; writes: readonly Change[]; owner: Owner },
) {
  const existed = record?.existed ?? work.before !== undefined;
  // What is made as a whole had no values before, and goes as a whole.
  if (place.resource.definition.ownerIn) {
    return { wanted: goal.wanted, kept: [], record: { owner: work.owner, existed, previous: [] } };
  }
  const { before = {}, writes } = work;
  const shape = place.resource.inputShape;
  const stored = record ? mergePrevious(record.previous, goal.hidden.previous ?? []) : (goal.hidden.previous ?? []);
  const known = withoutReturned(stored, goal.wanted, before, shape);
  const settings = [...place.resource.ofInputs(writes), ...place.resource.settled(goal.wanted, before)];
  const previous = rememberPrevious(known, before, settings, (keys) => place.isSecret(before, keys));
  const restored = withRestored(goal.wanted, writes, previous, shape);
  return { wanted: restored.wanted, kept: restored.previous, record: { owner: work.owner, existed, previous } };
}

/** Only settings have values from before. */
function previousOf({ resource }: Place, previous: readonly PreviousValue[]): Hidden {
  return resource.definition.ownerIn ? {} : { previous };
}

async function mustSee(place: Place, context: ResourceContext, goal: Goal): Promise<PlainObject> {
  const state =
    goal.state && place.resource.withoutDropped(goal.state, place.resource.resolved(goal.state, goal.wanted));
  const found = await place.resource.observe(context, place.key, { inputs: goal.wanted, state, kept: [state ?? {}] });
  if (!found) throw new Error(`${place.resource.typeName} ${place.id} is not there after it was written`);
  return found;
}

async function mustSuit(place: Place, context: ResourceContext, goal: Goal): Promise<PlainObject> {
  const found = await mustSee(place, context, goal);
  place.resource.mustSuit({ ...goal, observed: found }, context);
  return found;
}

/** The differences that the plan covers; others that came up since are reported, not mended. */
function changesToMake(
  { resource }: Place,
  context: ResourceContext,
  goal: Goal,
  before: PlainObject | undefined,
): Change[] {
  const { wanted, planned, ignore } = goal;
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
  place: Place,
  context: ResourceContext,
  goal: Goal,
  { changes, after, hidden }: Written,
): Promise<PlainObject> {
  const { resource } = place;
  const outputs = { ...after, ...resource.keptOf(goal.wanted) };
  const left = resource
    .decide({ observed: outputs, wanted: goal.wanted, ignore: goal.ignore })
    .filter((change) => changes.some((done) => overlaps(change.keys, done.keys)));
  const reasons = left.map((change) => `${change.path} is not as wanted after it was written`);
  const verified = await verify(place, context, outputs, goal.wanted, reasons);
  const complete = withHidden({ ...outputs, ...verified?.outputs }, hidden);
  reasons.push(...(verified?.problems ?? []));
  if (reasons.length > 0) throw new InitFailed(place.id, complete, goal.wanted, reasons);
  return complete;
}

/** What verify finds is told beside the fields; where it cannot even run, the fields alone must not be lost. */
async function verify(
  place: Place,
  context: ResourceContext,
  outputs: PlainObject,
  wanted: PlainObject,
  reasons: readonly string[],
): Promise<{ outputs: PlainObject; problems: string[] } | undefined> {
  try {
    return await place.resource.definition.verify?.(context, outputs, wanted);
  } catch (error) {
    if (reasons.length === 0) throw error;
    return { outputs: {}, problems: [messageOf(error)] };
  }
}

/** The error as it is to be reported, after a look at what failed work has left behind. */
async function asFound(place: Place, goal: Goal, attempt: Attempt, error: unknown): Promise<unknown> {
  const { before, target = {}, hidden = {} } = attempt;
  const failed = (outputs: PlainObject, ...reasons: string[]) =>
    new InitFailed(place.id, withHidden(outputs, hidden), goal.wanted, reasons);
  let left: PlainObject | undefined;
  try {
    left = await place.lookAgain((context) =>
      place.resource.observe(context, place.key, { inputs: goal.wanted, state: goal.state, kept: [goal.state ?? {}] }),
    );
  } catch (unseen) {
    // Something may have been made: on create it is kept in state, and the next refresh tells. On update the old state stays.
    if (goal.state) return error;
    return failed(target, messageOf(error), `Its state could not be read afterwards: ${messageOf(unseen)}`);
  }
  if (!left && !goal.state) await attempt.forget?.().catch(() => undefined);
  if (!left || (goal.state && sameValue(left, before))) return error;
  return failed({ ...left, ...place.resource.keptOf(goal.wanted) }, messageOf(error));
}
