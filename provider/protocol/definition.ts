import type { z } from "zod";
import type { Change } from "../../core/diff/field-diff";
import type { Problem } from "../../core/problems";

export type { Change };

/** What a resource or function may use while it works. */
export interface WorkContext {
  /** Aborted when the engine cancels or the custom timeout ends; every wait listens to it. */
  readonly signal: AbortSignal;
  /** Stack on whose behalf the work is done: `project/stack`. Undefined in a function. */
  readonly owner: string | undefined;
  /** Live status line of the resource; replaced by the next one. */
  status(message: string): void;
  /** A diagnostic that stays on the user's screen. */
  warn(message: string): void;
  info(message: string): void;
}

/**
 * A resource: observe, decide, apply, verify. The protocol layer does the rest: check, diff, converge, preview,
 * refresh, import, partial failure, cancel. Shapes are zod, their `.describe()` texts are the only documentation source.
 */
export interface ResourceDefinition<Inputs extends object = object, Outputs extends object = object> {
  /** `gpudirect:index:Domain` */
  readonly token: string;
  readonly description: string;
  /** A strict object, so that misspelt fields are refused. `.meta({ secret: true })` marks secrets. */
  readonly inputs: z.ZodType<Inputs>;
  /** Everything observed: each input field under its own name, and what only the machine knows. */
  readonly outputs: z.ZodType<Outputs>;
  /** Input fields whose change means another resource: all that `id` reads, at least. */
  readonly replaceOn?: readonly (keyof Inputs & string)[];
  /**
   * Fields that `observe` does not give: inputs that say how to work rather than what is to be, and outputs of
   * `verify`. They are kept in state as they were last; a change of them alone never leads to `apply`.
   */
  readonly kept?: readonly ((keyof Inputs | keyof Outputs) & string)[];
  /**
   * Input fields, by path, that the machine chooses where they are absent. An import does not take them for inputs: a
   * program that leaves them out would else ask for their removal.
   */
  readonly assigned?: readonly string[];
  /**
   * Problems beyond shapes. Gets the fields that hold no unknown, and runs when all of `checkNeeds` are among them;
   * without `checkNeeds`, when no field at all holds an unknown. May throw a Refusal instead.
   */
  check?(inputs: Inputs): Problem[];
  readonly checkNeeds?: readonly (keyof Inputs & string)[];
  /** The resource's id, from its identity alone: `local/domain/NAME`. */
  id(inputs: Inputs): string;
  /**
   * State of the machine, or undefined when it was reached and the thing is not there. Throws when it cannot be reached.
   * `inputs` are the wanted ones on create and update, those of the state on refresh, undefined on import. Fields of
   * `kept` may be missing.
   */
  observe(context: WorkContext, id: string, inputs?: Inputs): Promise<Outputs | undefined>;
  /**
   * Whether create must leave alone a thing that is there already: the reason, or undefined to take it over.
   * Without this hook, what exists is taken over.
   */
  refuseTakeover?(context: WorkContext, observed: Outputs, inputs: Inputs): string | undefined;
  /**
   * Writes. `target` is what is to be: the observed state with the planned paths replaced by the wanted values.
   * `observed` is undefined when nothing was there. Must be repeatable: a second run after a half-done first one ends
   * the same. Called on every create, on update only with changes that are not `kept`. Must heed `context.signal`: a
   * moment after it is aborted, the layer goes on without waiting.
   */
  apply(context: WorkContext, target: Inputs, observed: Outputs | undefined, changes: readonly Change[]): Promise<void>;
  /** What must hold after apply beyond the fields; the problems name devices or settings. Its outputs are kept in state. */
  verify?(
    context: WorkContext,
    observed: Outputs,
    inputs: Inputs,
  ): Promise<{ outputs: Partial<Outputs>; problems: string[] }>;
  /** Undoes the resource. The thing being gone already is success. */
  destroy(context: WorkContext, id: string, state: Outputs): Promise<void>;
  /**
   * Output fields that are known before anything is done; the others are unknown at preview. Gets the fields that hold
   * no unknown, and runs when all of `previewNeeds` are among them; without `previewNeeds`, when no field holds one.
   * `observed` is the state's, undefined on create.
   */
  preview?(target: Inputs, observed: Outputs | undefined): Partial<Outputs>;
  readonly previewNeeds?: readonly (keyof Inputs & string)[];
}

export interface FunctionDefinition<Inputs extends object = object, Outputs extends object = object> {
  /** `gpudirect:index:planGuest` */
  readonly token: string;
  readonly description: string;
  readonly inputs: z.ZodType<Inputs>;
  readonly outputs: z.ZodType<Outputs>;
  run(context: WorkContext, inputs: Inputs): Promise<Outputs>;
}

/** A resource whatever its shapes are: the table of a provider holds several. */
// biome-ignore lint/suspicious/noExplicitAny: `keyof Inputs` makes no definition assignable to one of wider shapes
export type AnyResourceDefinition = ResourceDefinition<any, any>;

/** A whole provider: what its schema says of it, and what it serves. */
export interface ProviderDefinition {
  readonly name: string;
  readonly version: string;
  readonly displayName: string;
  readonly description: string;
  readonly publisher: string;
  readonly keywords: readonly string[];
  readonly license: string;
  readonly repository?: string;
  /** Name and settings of the generated npm package. */
  readonly nodejs: Readonly<Record<string, unknown>>;
  /** Configuration, a strict object. */
  readonly config: z.ZodType<object>;
  readonly resources: readonly AnyResourceDefinition[];
  readonly functions: readonly FunctionDefinition[];
}
