import type { z } from "zod";
import type { Change } from "../../core/diff/field-diff";
import type { PlainObject } from "../../core/diff/plain";
import type { Owner } from "../../core/ownership/owner";
import type { Problem } from "../../core/problems";
import type { MachineView } from "../reach/machine";
import type { Inventory } from "./inventory";

export type { Change };

/** What a resource or function may use while it works. */
export interface WorkContext {
  /** Aborted when the engine cancels, the custom timeout ends or the machine's lock is lost; every wait listens to it. */
  readonly signal: AbortSignal;
  /** Live status line of the resource; replaced by the next one. */
  status(message: string): void;
  /** Runs work with a live status line: `defining the domain, 3 s of about 5 s`; undefined where nobody can expect. */
  phase<T>(name: string, expectedSeconds: number | undefined, work: () => Promise<T>): Promise<T>;
  /** A diagnostic that stays on the user's screen. */
  warn(message: string): void;
  info(message: string): void;
}

/** What a function may use: machines by name. */
export interface FunctionContext extends WorkContext {
  machine(name: string): MachineView;
}

/** What a resource may use: the machine it is on, and on whose behalf it works. */
export interface ResourceContext extends WorkContext {
  readonly machine: MachineView;
  /** Who the thing belongs to when this work is done; for records of ownership that a thing carries in itself. */
  readonly owner: Owner;
}

/**
 * A resource on a machine: observe, decide, apply, verify. The protocol layer does the rest: host and connection, check,
 * diff, locking, converge, ownership, preview, refresh, import, partial failure, restore, cancel. Shapes are zod, their
 * `.describe()` texts are the only documentation source.
 */
export interface ResourceDefinition<Inputs extends object = object, Outputs extends object = object> {
  /** `gpudirect:index:Domain` */
  readonly token: string;
  readonly description: string;
  /** Middle part of ids: `domain` in `node7/domain/train-0`. */
  readonly kind: string;
  /**
   * A strict object, so that misspelt fields are refused. `.meta({ secret: true })` marks secrets. The layer adds
   * `host`, `connection` and, for settings, `restoreOnDelete`.
   */
  readonly inputs: z.ZodObject & z.ZodType<Inputs>;
  /** Everything observed: each input field under its own name, and what only the machine knows. */
  readonly outputs: z.ZodObject & z.ZodType<Outputs>;
  /** Last part of ids: names the thing among those of its kind on a machine, from its identity alone. May hold "/". */
  key(inputs: Inputs): string;
  /** Input fields whose change means another resource: all that `key` reads, at least. `host` is always one. */
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
  /**
   * State of the machine, or undefined when it was reached and the thing is not there. Throws when it cannot be reached.
   * `inputs` are the wanted ones on create and update, those of the state on refresh, undefined on import; `known` are
   * the outputs that the state has, undefined where it has none. Fields of `kept` may be missing. Writes nothing.
   */
  observe(context: ResourceContext, key: string, inputs?: Inputs, known?: Outputs): Promise<Outputs | undefined>;
  /**
   * Adds to checked inputs what others of them imply, such as the parameters of a profile, so that each shows in the plan
   * and can be ignored by its path. Gets the fields that hold no unknown, and returns the fields to replace.
   */
  imply?(inputs: Partial<Inputs>): Partial<Inputs>;
  /**
   * The inputs as this machine takes them: with what they leave to it, such as the settings of each adapter that it has.
   * Called wherever what is wanted is held against what was observed, so that each shows in the plan and gets back what it
   * was when it is wanted no more. Not called where nothing was observed. Resolving twice must give the same; `wanted` may
   * hold unknowns.
   */
  resolve?(observed: Outputs, wanted: Inputs): Inputs;
  /**
   * Holds what is wanted, as resolved, against what was observed, before anything is written: at preview and again before apply.
   * Not called where nothing was observed. `wanted` may hold unknowns.
   */
  judge?(observed: Outputs, wanted: Inputs): Judgement;
  /**
   * Maps, by the name of their field, whose entries are settings of their own: an entry taken out of the program gets
   * back what it was before. Such a map holds, when observed, the entries that `inputs` or `known` have; others only where
   * `resolve` knows them.
   */
  readonly settingMaps?: readonly (keyof Inputs & string)[];
  /**
   * Outputs that an update is to make go away although no input differs, such as a restart that a killed update did not
   * come to. They show as changes, lead to `apply`, and must not be there after it. `wanted` may hold unknowns.
   */
  pending?(observed: Outputs, wanted: Inputs): readonly (keyof Outputs & string)[];
  /**
   * Given for a thing that is made as a whole and carries its owner in itself (a domain's metadata). Such a thing is not
   * taken over where nobody owns it, and a delete destroys it. Without it the resource is one of settings: what
   * was there before is kept in a record on the machine, what nobody owns is taken over, and a delete restores.
   */
  ownerIn?(observed: Outputs): Owner | undefined;
  /**
   * Writes. `target` is what is to be: the observed state with the planned paths replaced by the wanted values.
   * `observed` is undefined when nothing was there. Must be repeatable: a second run after a half-done first one ends
   * the same. Called on every create, on update only with changes that are not `kept`, and to restore. `wanted` are the
   * inputs as resolved, for the target has values too that nobody asked for; undefined on a delete. Must heed
   * `context.signal`: a moment after it is aborted, the layer goes on without waiting.
   */
  apply(
    context: ResourceContext,
    target: Inputs,
    observed: Outputs | undefined,
    changes: readonly Change[],
    wanted?: Inputs,
  ): Promise<void>;
  /**
   * What must hold after apply beyond the fields; the problems name devices or settings. Its outputs are kept in state.
   * Runs after the machine was given back: it may take long, and must write nothing.
   */
  verify?(
    context: ResourceContext,
    observed: Outputs,
    inputs: Inputs,
  ): Promise<{ outputs: Partial<Outputs>; problems: string[] }>;
  /**
   * Whether the machine may have been started a moment ago, so that a create or an update waits for it to answer. A guest
   * that does not run, or is gone, has then nothing that a delete could give back.
   */
  readonly isGuest?: true;
  /**
   * Whether there is something of this provider's own that a delete takes away, though no value is to be given back: then
   * `apply` is called without changes.
   */
  leaves?(observed: Outputs): boolean;
  /** Takes the thing away: what was made, or a setting that was not there before. It being gone already is success. */
  destroy(context: ResourceContext, key: string, state: Outputs): Promise<void>;
  /**
   * Output fields that are known before anything is done; the others are unknown at preview. Gets the fields that hold
   * no unknown, and runs when all of `previewNeeds` are among them; without `previewNeeds`, when no field holds one.
   * `observed` is what is there, undefined where nothing is.
   */
  preview?(target: Inputs, observed: Outputs | undefined): Partial<Outputs>;
  readonly previewNeeds?: readonly (keyof Inputs & string)[];
}

/** What a machine makes of what is wanted. */
export interface Judgement {
  /** What cannot be done on this machine; each fails the preview, and the update before its first write. */
  readonly refusals?: readonly Problem[];
  /** What the user is to know of; shown at preview and update. */
  readonly warnings?: readonly string[];
  /** Paths whose difference is not to count, for the machine cannot have it, or not yet: no change, no write, no failure. */
  readonly beyond?: readonly string[];
}

export interface FunctionDefinition<Inputs extends object = object, Outputs extends object = object> {
  /** `gpudirect:index:planGuest` */
  readonly token: string;
  readonly description: string;
  readonly inputs: z.ZodType<Inputs>;
  readonly outputs: z.ZodType<Outputs>;
  run(context: FunctionContext, inputs: Inputs): Promise<Outputs>;
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
  readonly config: z.ZodObject;
  /** Problems of the configuration beyond shapes; gets what holds no unknown. */
  checkConfig?(config: PlainObject): Problem[];
  /** Shape of the input `connection`, which takes the place of what the configuration has for a resource's host. */
  readonly connection: z.ZodObject;
  /** The machines of a configuration, which may hold unknowns in a preview. */
  inventory(config: PlainObject): Inventory;
  readonly resources: readonly AnyResourceDefinition[];
  readonly functions: readonly FunctionDefinition[];
}
