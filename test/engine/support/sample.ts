import type { TestMachine } from "./machines";
import type { Running } from "./running";
import type { Stack } from "./stack";

export type Args = Record<string, unknown>;

/** What the conformance suite needs of a definition: how things of it are made, looked at and changed by hand. */
export interface Sample<Machine extends TestMachine = TestMachine> {
  /** `test:index:Settings` */
  readonly type: string;
  /** Name of the plugin that has the type. */
  readonly plugin: string;
  /** A thing that nobody owns yet, on the machine; it goes with the stack. Of another suffix, another thing. */
  thing(stack: Stack, machine: Machine, suffix: string): Thing;
  /** Fields for `args` that change some paths in place, sorted. */
  readonly update: { readonly args: Args; readonly paths: readonly string[] };
  /** A nested place, for `ignoreChanges`, and another one beside it in the same object or a neighbour. */
  readonly nested: { readonly path: string; readonly beside: string };
  /** Whether a delete puts back what was there before: a resource of settings. */
  readonly restores: boolean;
}

/** One thing on the machine, as an administrator sees it there. */
export interface Thing {
  /** Valid inputs, one of them a secret where the definition has any. */
  readonly args: Args;
  /** The secret's text. */
  readonly token?: string;
  readonly id: string;
  /** Puts there what is to come back at a delete; a thing that is made as a whole has no such state. */
  prepare?(): void | Promise<void>;
  /** Puts there by hand, owned by nobody, what `args` describe. */
  makeByHand(): void | Promise<void>;
  /** The inputs that an import finds, where it cannot find those of `args`: which settings are wanted, a program alone says. */
  readonly imported?: Args;
  /** All of it but whose it is, as a plain object; undefined where it is not there. */
  snapshot(): unknown;
  /** What inputs come to on the machine, in the form of `facts`. */
  expected(args: Args): unknown;
  /** What the machine has of that, read without any of the provider's code. */
  facts(): unknown;
  /** What is written down of whose it is; undefined where nothing is. */
  ownership(): string | undefined;
  /** A text that changes with each write, also with one of the same values. */
  lastWrite(): string;
  /** Changes the nested place, and the one beside it, by hand. */
  drift(places: { nested?: boolean; beside?: boolean }): void | Promise<void>;
  /** Starts an up that stalls while it writes `args`, and returns it when it does. */
  upToStall(stack: Stack): Promise<Running>;
}

/** The program's way to say a thing. */
export const resourceOf = ({ type }: { readonly type: string }, args: Args, options = {}) => ({ type, args, options });
