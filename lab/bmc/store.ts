import { writeAtomically } from "../host/write-atomically";
import type { BmcState } from "./state";

/** A BMC's state and its file. A change is on the disk when `change` returns. */
export class Store {
  #state: BmcState;
  readonly #file: string;

  constructor(file: string, state: BmcState) {
    this.#file = file;
    this.#state = state;
  }

  get state(): BmcState {
    return this.#state;
  }

  change(to: (state: BmcState) => BmcState): void {
    const next = to(this.#state);
    if (next === this.#state) return;
    writeAtomically(this.#file, `${JSON.stringify(next, undefined, 2)}\n`);
    this.#state = next;
  }
}
