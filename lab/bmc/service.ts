import type { Flavour } from "./flavours/flavour";
import type { ManagedSystem } from "./managed-system";
import { type Modes, modesInForce } from "./modes";
import { Sessions } from "./sessions";
import type { Store } from "./store";
import { withTask } from "./tasks";

export interface ServiceParts {
  readonly flavour: Flavour;
  readonly system: ManagedSystem;
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** What the resources of a BMC share. */
export class Service {
  readonly flavour: Flavour;
  readonly system: ManagedSystem;
  readonly store: Store;
  readonly sessions: Sessions;
  readonly log: (line: string) => void;
  readonly #now: () => number;

  constructor({ flavour, system, store, now, log }: ServiceParts) {
    this.flavour = flavour;
    this.system = system;
    this.store = store;
    this.sessions = new Sessions(now, () => store.state.sessionTimeoutSeconds);
    this.log = log;
    this.#now = now;
  }

  get modes(): Modes {
    return modesInForce(this.flavour.modes, this.store.state.modes);
  }

  get time(): string {
    return new Date(this.#now()).toISOString();
  }

  /** Makes a task and returns its id. */
  newTask(name: string, message: string): string {
    this.store.change((state) => withTask(state, this.flavour, name, message, this.time));
    return (this.store.state.tasks.at(-1) as { id: string }).id;
  }
}
