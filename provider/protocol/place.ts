import type { Keys } from "../../core/diff/path";
import type { PlainObject } from "../../core/diff/plain";
import type { Shape } from "../../core/diff/shape";
import type { Owner } from "../../core/ownership/owner";
import type { Machine, MachineView } from "../reach/machine";
import type { ResourceContext, WorkContext } from "./definition";
import { formatId } from "./machine-fields";
import type { Resource } from "./resource";

/** What a piece of work on a machine may do: look at once, and write in its turn. */
export interface Session {
  readonly looking: ResourceContext;
  writing<T>(work: (context: ResourceContext) => Promise<T>): Promise<T>;
}

/** The request on whose behalf the work is done. */
export interface RequestWork {
  readonly takeOverFrom: readonly string[];
  run<T>(work: (context: WorkContext) => Promise<T>): Promise<T>;
  lookAgain<T>(work: (context: WorkContext) => Promise<T>): Promise<T>;
  isSecret(root: PlainObject, keys: Keys, shape: Shape): boolean;
}

/** One thing on one machine, and how a request works on it. */
export class Place {
  constructor(
    readonly resource: Resource,
    private readonly machine: Machine,
    readonly key: string,
    private readonly request: RequestWork,
    private readonly owner: Owner,
  ) {}

  get id(): string {
    return formatId(this.machine.access.name, this.resource.definition.kind, this.key);
  }

  /** Stacks whose things may be taken over. */
  get takeOverFrom(): readonly string[] {
    return this.request.takeOverFrom;
  }

  /** Runs work within the request's time, ended by cancel. */
  run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.request.run((context) => work(this.session(context)));
  }

  /** The one look at what failed work has left, bounded in time, and even after cancel. */
  lookAgain<T>(work: (context: ResourceContext) => Promise<T>): Promise<T> {
    return this.request.lookAgain((context) => work(this.session(context).looking));
  }

  isSecret(root: PlainObject, keys: Keys): boolean {
    return this.request.isSecret(root, keys, this.resource.inputShape);
  }

  /** What a piece of work may do that has a context already. */
  session(context: WorkContext): Session {
    const on = (machine: MachineView, signal: AbortSignal): ResourceContext => ({
      ...context,
      signal,
      machine,
      owner: this.owner,
    });
    return {
      looking: on(this.machine.reading, context.signal),
      writing: (work) => {
        let acquired = () => {};
        const untilAcquired = new Promise<void>((resolve) => {
          acquired = resolve;
        });
        const onWaiting = (heldBy: string) => {
          const who = heldBy === "" ? "somebody else" : heldBy;
          void context.phase(
            `waiting for ${who} to finish on ${this.machine.access.name}`,
            undefined,
            () => untilAcquired,
          );
        };
        const options = { signal: context.signal, holder: `stack ${this.owner.stack}`, onWaiting };
        return this.machine
          .writing(options, (machine, signal) => {
            acquired();
            return work(on(machine, signal));
          })
          .finally(acquired);
      },
    };
  }
}
