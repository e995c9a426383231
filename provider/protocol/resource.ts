import { type Change, decide } from "../../core/diff/field-diff";
import { isAtOrBelow, type Keys, parsePath } from "../../core/diff/path";
import { isPlainObject, type PlainObject } from "../../core/diff/plain";
import { pruneToShape, type Shape } from "../../core/diff/shape";
import { type Checked, checkBeyondShape, checkShape, knownFields } from "./check";
import type { ResourceDefinition, WorkContext } from "./definition";
import { shapeOf } from "./zod-shape";

export interface Plan {
  readonly observed: PlainObject;
  readonly wanted: PlainObject;
  readonly previous?: PlainObject | undefined;
  readonly ignore?: readonly string[] | undefined;
}

/** A definition with what this layer derives from it once, and its hooks on plain objects. */
export class Resource {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  private readonly kept: ReadonlySet<string>;
  private readonly assigned: readonly Keys[];

  constructor(readonly definition: ResourceDefinition<PlainObject, PlainObject>) {
    this.inputShape = shapeOf(definition.inputs);
    this.outputShape = shapeOf(definition.outputs);
    this.kept = new Set(definition.kept);
    this.assigned = (definition.assigned ?? []).map(parsePath).filter((keys) => keys !== undefined);
  }

  /** `Domain` for `gpudirect:index:Domain`. */
  get kind(): string {
    return this.definition.token.split(":").pop() ?? this.definition.token;
  }

  check(input: PlainObject): Checked {
    const shaped = checkShape(this.definition.inputs, input);
    const check = this.definition.check?.bind(this.definition);
    // Beyond shapes only where the shapes are right: a check may rely on them.
    const beyond =
      shaped.problems.length === 0 ? checkBeyondShape(check, this.definition.checkNeeds, shaped.inputs) : [];
    return { inputs: shaped.inputs, problems: [...shaped.problems, ...beyond] };
  }

  decide(plan: Plan): Change[] {
    return decide({ ...plan, shape: this.inputShape, replaceOn: this.definition.replaceOn });
  }

  /** Changes that lead to a write: those of fields that the machine has. */
  written(changes: readonly Change[]): Change[] {
    return changes.filter((change) => !this.kept.has(String(change.keys[0])));
  }

  /** What the machine holds now, and the kept fields from what is known of them, the first source first. */
  async observe(
    context: WorkContext,
    id: string,
    inputs: PlainObject | undefined,
    ...known: PlainObject[]
  ): Promise<PlainObject | undefined> {
    const observed = await this.definition.observe(context, id, inputs);
    return observed && { ...this.keptOf(...known), ...observed };
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
