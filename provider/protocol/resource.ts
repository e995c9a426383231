import type { z } from "zod";
import { type Change, decide } from "../../core/diff/field-diff";
import { isAtOrBelow, type Keys, parsePath } from "../../core/diff/path";
import { isPlainObject, type PlainObject } from "../../core/diff/plain";
import { childShape, pruneToShape, type Shape, withSettingMaps } from "../../core/diff/shape";
import { hasUnknown } from "../../core/diff/unknown";
import { asWanted, withUnreturned } from "../../core/ownership/previous";
import { Refusal } from "../../core/problems";
import { type Checked, checkBeyondShape, checkShape, knownFields } from "./check";
import type { Judgement, ResourceContext, ResourceDefinition, WorkContext } from "./definition";
import { hiddenIn } from "./hidden-outputs";
import { COMMON_KEPT, formatId, shapesOf } from "./machine-fields";
import { shapeOf } from "./zod-shape";

export interface Plan {
  readonly observed: PlainObject;
  readonly wanted: PlainObject;
  readonly previous?: PlainObject | undefined;
  readonly ignore?: readonly string[] | undefined;
}

/** What a look at a machine goes by. */
interface Looking {
  readonly inputs?: PlainObject | undefined;
  readonly state?: PlainObject | undefined;
  readonly kept?: readonly PlainObject[] | undefined;
}

/** A definition with what this layer adds to it and derives from it once, and its hooks on plain objects. */
export class Resource {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  private readonly inputs: z.ZodObject;
  private readonly kept: ReadonlySet<string>;
  private readonly replaceOn: readonly string[];
  private readonly assigned: readonly Keys[];
  /** Outputs that each look at the machine gives, and no input does. */
  private readonly observedOnly: readonly string[];

  constructor(
    readonly definition: ResourceDefinition<PlainObject, PlainObject>,
    connection: z.ZodObject,
  ) {
    const { inputs, outputs } = shapesOf(definition, connection);
    this.inputs = inputs;
    this.inputShape = withSettingMaps(shapeOf(inputs), definition.settingMaps ?? []);
    this.outputShape = shapeOf(outputs);
    this.kept = new Set([...(definition.kept ?? []), ...COMMON_KEPT]);
    this.replaceOn = ["host", ...(definition.replaceOn ?? [])];
    this.observedOnly = Object.entries(definition.outputs.shape)
      .filter(([key, schema]) => !(key in definition.inputs.shape) && !this.kept.has(key) && isRequired(schema))
      .map(([key]) => key);
    this.assigned = (definition.assigned ?? []).map(parsePath).filter((keys) => keys !== undefined);
  }

  /** `Domain` for `gpudirect:index:Domain`. */
  get typeName(): string {
    return this.definition.token.split(":").pop() ?? this.definition.token;
  }

  check(input: PlainObject): Checked {
    const shaped = checkShape(this.inputs, input);
    // Beyond shapes only where the shapes are right: what follows may rely on them.
    if (shaped.problems.length > 0) return shaped;
    const check = this.definition.check?.bind(this.definition);
    const inputs = this.withImplied(shaped.inputs);
    return { inputs, problems: checkBeyondShape(check, this.definition.checkNeeds, inputs) };
  }

  /** A field that holds an unknown stays as it is: what it implies is not known either. */
  private withImplied(inputs: PlainObject): PlainObject {
    const known = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !hasUnknown(value)));
    const implied = Object.entries(this.definition.imply?.(known) ?? {});
    return { ...inputs, ...Object.fromEntries(implied.filter(([key]) => key in known || !(key in inputs))) };
  }

  /** The id of the thing that the inputs describe; undefined while what names it is not known. */
  idOf(inputs: PlainObject): string | undefined {
    const known = knownFields(inputs, this.replaceOn);
    if (!known || typeof known.host !== "string") return undefined;
    return formatId(known.host, this.definition.kind, this.definition.key(known));
  }

  decide(plan: Plan): Change[] {
    const wanted = this.resolved(plan.observed, plan.wanted);
    const ignore = [...(plan.ignore ?? []), ...(this.judge(plan.observed, wanted).beyond ?? [])];
    const changes = decide({ ...plan, wanted, ignore, shape: this.inputShape, replaceOn: this.replaceOn });
    // Nothing was observed of what is not there yet.
    if (Object.keys(plan.observed).length === 0) return changes;
    const pending = this.definition.pending?.(plan.observed, wanted) ?? [];
    const shown = pending.filter((key) => !ignore.includes(key));
    return [...changes, ...shown.map((key): Change => ({ path: key, keys: [key], kind: "update" }))];
  }

  /** The inputs of the last run, as the machine took them, with what an update that failed has not yet put back. */
  inputsBefore(inputs: PlainObject, state: PlainObject): PlainObject {
    const { previous = [] } = hiddenIn(state);
    return withUnreturned(this.resolved(state, inputs), state, previous, this.inputShape);
  }

  /** The inputs with what they leave to the machine. Of what was not observed, it says nothing. */
  resolved(observed: PlainObject | undefined, wanted: PlainObject): PlainObject {
    return (this.isSeen(observed) && this.definition.resolve?.(observed, wanted)) || wanted;
  }

  /** What the machine makes of what is wanted. Of what was not observed, it makes nothing. */
  judge(observed: PlainObject | undefined, wanted: PlainObject): Judgement {
    return (this.isSeen(observed) && this.definition.judge?.(observed, this.resolved(observed, wanted))) || {};
  }

  /** The state of a create that failed holds inputs alone. */
  private isSeen(observed: PlainObject | undefined): observed is PlainObject {
    return observed !== undefined && this.observedOnly.every((key) => observed[key] !== undefined);
  }

  /** @throws Refusal where the machine cannot have what is wanted; shows what the user is to know of. */
  mustSuit(
    {
      observed,
      wanted,
      ignore = [],
    }: { observed: PlainObject | undefined; wanted: PlainObject; ignore?: readonly string[] | undefined },
    { warn }: Pick<WorkContext, "warn">,
  ): void {
    const { refusals = [], warnings = [] } = this.judge(observed, wanted);
    for (const warning of warnings) warn(warning);
    const ignored = ignore.map(parsePath).filter((keys) => keys !== undefined);
    const counted = refusals.filter(({ path }) => {
      const keys = parsePath(path);
      return keys === undefined || !ignored.some((pattern) => isAtOrBelow(keys, pattern));
    });
    if (counted.length > 0) throw new Refusal(counted);
  }

  /** Changes of fields that an input can say, as opposed to outputs that are pending. */
  ofInputs(changes: readonly Change[]): Change[] {
    return changes.filter(({ keys }) => childShape(this.inputShape, keys[0] ?? "") !== undefined);
  }

  /** Changes that lead to a write: those of fields that the machine has. */
  written(changes: readonly Change[]): Change[] {
    return changes.filter((change) => !this.kept.has(String(change.keys[0])));
  }

  /** Settings that are as they are wanted to be; those that say which thing it is are none. */
  settled(wanted: PlainObject, observed: PlainObject): { readonly keys: Keys }[] {
    const names = [...this.kept, ...this.replaceOn];
    return asWanted(wanted, observed).filter(({ keys }) => !names.includes(String(keys[0])));
  }

  /**
   * What the machine holds now. `state` are the outputs that are known. Kept fields come from `kept`, the first source
   * first; where it is absent, from state and inputs.
   */
  async observe(
    context: ResourceContext,
    key: string,
    { inputs, state, kept }: Looking,
  ): Promise<PlainObject | undefined> {
    const observed = await this.definition.observe(context, key, inputs, state && this.ownOf(state));
    const sources = kept ?? [state, inputs].filter((source) => source !== undefined);
    return observed && { host: context.machine.name, ...this.keptOf(...sources), ...observed };
  }

  /** Whether maps of settings want entries that the state has not looked at. */
  asksForMore(wanted: PlainObject, state: PlainObject): boolean {
    return (this.definition.settingMaps ?? []).some((name) => {
      const [map, known] = [wanted[name], state[name]];
      return isPlainObject(map) && Object.keys(map).some((key) => !isPlainObject(known) || !Object.hasOwn(known, key));
    });
  }

  /** What an earlier look has found: without fields of this layer and kept ones; undefined where nothing is known. */
  private ownOf(state: PlainObject): PlainObject | undefined {
    const own = Object.entries(state).filter(([key]) => key in this.definition.outputs.shape && !this.kept.has(key));
    return own.length > 0 ? Object.fromEntries(own) : undefined;
  }

  /** Outputs without those entries of maps of settings that are not wanted any more. */
  withoutDropped(outputs: PlainObject, wanted: PlainObject): PlainObject {
    const left = { ...outputs };
    for (const name of this.definition.settingMaps ?? []) {
      const [map, kept] = [outputs[name], wanted[name]];
      if (!isPlainObject(map)) continue;
      const stays = (key: string) => isPlainObject(kept) && Object.hasOwn(kept, key);
      left[name] = Object.fromEntries(Object.entries(map).filter(([key]) => stays(key)));
    }
    return left;
  }

  keptOf(...sources: readonly PlainObject[]): PlainObject {
    const found: PlainObject = {};
    for (const source of [...sources].reverse()) {
      for (const key of this.kept) if (source[key] !== undefined) found[key] = source[key];
    }
    return found;
  }

  /** Observed outputs cut down to what can be said as inputs. */
  asInputs(outputs: PlainObject): PlainObject {
    return pruneToShape(outputs, this.inputShape) as PlainObject;
  }

  /** The inputs that say what was found: without what the machine chose by itself, and with defaults. */
  importedInputs(observed: PlainObject): PlainObject {
    return this.check(withoutPaths(this.asInputs(observed), this.assigned)).inputs;
  }

  /** Outputs that are known before anything is done. */
  preview(target: PlainObject, observed: PlainObject | undefined): PlainObject {
    const known = knownFields(target, this.definition.previewNeeds);
    return (known && this.definition.preview?.(known, observed)) ?? {};
  }

  /** Whether the schema marks the place, or one above it, as secret. */
  isSecret(keys: Keys): boolean {
    let shape: Shape | undefined = this.inputShape;
    for (const key of keys) {
      if (shape?.secret) return true;
      shape = childShape(shape, key);
    }
    return shape?.secret === true;
  }
}

/** A copy without the places that the patterns name, of which `*` stands for any key. */
function withoutPaths(value: PlainObject, patterns: readonly Keys[], above: Keys = []): PlainObject {
  const kept = Object.entries(value)
    .map(([key, item]) => ({ key, item, keys: [...above, key] }))
    .filter(({ keys }) => !patterns.some((pattern) => isAtOrBelow(keys, pattern)));
  return Object.fromEntries(
    kept.map(({ key, item, keys }) => [key, isPlainObject(item) ? withoutPaths(item, patterns, keys) : item]),
  );
}

/** Whether a value of the schema is always there. */
const isRequired = (schema: { safeParse(value: unknown): { success: boolean } }): boolean =>
  !schema.safeParse(undefined).success;
