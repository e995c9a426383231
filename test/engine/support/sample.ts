import type { TestMachine } from "./machines";
import type { Running } from "./running";
import type { Stack } from "./stack";

export type Args = Record<string, unknown>;

/** What the conformance suite needs of a definition: how things of it are made, looked at and changed by hand. */
export interface Sample {
  /** `test:index:Settings` */
  readonly type: string;
  /** Name of the plugin that has the type. */
  readonly plugin: string;
  /** A thing that does not exist yet, on the machine; it goes with the stack. */
  thing(stack: Stack, machine: TestMachine, suffix: string): Thing;
  /** Fields for `args` that change some paths in place, sorted. */
  readonly update: { readonly args: Args; readonly paths: readonly string[] };
  /** A nested place, for `ignoreChanges`, and another one beside it in the same object or a neighbour. */
  readonly nested: { readonly path: string; readonly beside: string };
  /** Whether a delete puts back what was there before: a resource of settings. */
  readonly restores: boolean;
}

/** One thing on the machine, as an administrator sees it there. */
export interface Thing {
  /** Valid inputs, one of them a secret. */
  readonly args: Args;
  /** The secret's text. */
  readonly token: string;
  readonly id: string;
  /** Puts there what is to come back at a delete; a thing that is made as a whole has no such state. */
  prepare?(): void;
  /** Puts there by hand, owned by nobody, what `args` describe. */
  makeByHand(): void;
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
  drift(places: { nested?: boolean; beside?: boolean }): void;
  /** Starts an up that stalls while it writes `args`, and returns it when it does. */
  upToStall(stack: Stack): Promise<Running>;
}

/** The program's way to say a thing. */
export const resourceOf = ({ type }: Sample, args: Args, options = {}) => ({ type, args, options });
