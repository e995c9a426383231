import type { PlainObject } from "../../core/diff/plain";
import type { Problem } from "../../core/problems";
import type { Machine } from "../reach/machine";

/** The machines that a provider knows by its configuration. */
export interface Inventory {
  /**
   * What is wrong with a machine's name, without reaching for it; undefined where the inventory has it, or where a
   * `connection` is given and may be.
   */
  problemOf(name: string, connection: boolean): Problem | undefined;
  /**
   * The machine of that name; one and the same for the same name and connection. `connection` takes the place of what
   * the configuration has for it.
   * @throws MachineUnknown where its address is not known yet (only in a preview)
   * @throws InvalidRequest where there is no such machine
   */
  machine(name: string, connection?: PlainObject): Machine;
  /** Stacks (`project/stack`) whose things this stack may take over. */
  readonly takeOverFrom: readonly string[];
  /** Ends all connections. */
  close(): Promise<void>;
}

/** How a machine is to be reached will be known only after another resource was created. */
export class MachineUnknown extends Error {
  override name = "MachineUnknown";
  constructor(machine: string) {
    super(`how ${machine} is reached is not known yet`);
  }
}
