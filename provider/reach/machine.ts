import { Facts } from "./facts";
import { GuardedReach } from "./guarded";
import type { Reach } from "./reach";
import type { Redfish } from "./redfish/redfish";
import { Turn, type TurnOptions } from "./turn";

/** Name of the lock that everything that writes to a machine holds. */
const LOCK_NAME = "machine";

/** What is known of a machine besides how commands run on it. */
export interface MachineAccess {
  /** Stable name of the machine, the first part of every id on it: "local", "node7". */
  readonly name: string;
  readonly reach: Reach;
  /** libvirt connection that `virsh` is to use on the machine; absent for the machine's own. */
  readonly libvirtUri?: string | undefined;
  /** The Redfish service of its BMC; absent where the machine is known without one. */
  readonly redfish?: Redfish | undefined;
}

/** A machine, as one process works with it. */
export class Machine {
  private readonly facts = new Facts();
  private readonly turn: Turn;
  private readonly guardedReach: Reach;

  constructor(readonly access: MachineAccess) {
    this.turn = new Turn(access.reach, LOCK_NAME);
    this.guardedReach = new GuardedReach(access.reach, LOCK_NAME);
  }

  /** For work that only looks. Readings of the same moment are shared. */
  get reading(): MachineView {
    const { name, reach, libvirtUri, redfish } = this.access;
    return { name, reach, libvirtUri, redfish, isShared: true, facts: (what, read) => this.facts.read(what, read) };
  }

  /**
   * Runs work that writes, in this process's turn: other processes wait for its end, also for that of commands that a
   * killed one has left behind. `signal` is that of the options, aborted too when the turn is lost.
   */
  async writing<T>(options: TurnOptions, work: (machine: MachineView, signal: AbortSignal) => Promise<T>): Promise<T> {
    const { name, libvirtUri, redfish } = this.access;
    // Each look is one of its own: what this work has just written must be in it.
    const reach = this.guardedReach;
    const view: MachineView = { name, reach, libvirtUri, redfish, isShared: false, facts: (_, read) => read() };
    return this.turn.run(options, async (lost) => {
      this.facts.forget();
      try {
        return await work(view, AbortSignal.any([options.signal, lost]));
      } finally {
        this.facts.forget();
      }
    });
  }

  /** Ends its connections. */
  async close(): Promise<void> {
    await Promise.all([this.access.reach.close(), this.access.redfish?.close()]);
  }
}

/** A machine as a resource or function sees it while it works. */
export interface MachineView {
  readonly name: string;
  readonly reach: Reach;
  readonly libvirtUri: string | undefined;
  /** The Redfish service of its BMC; undefined where the machine is known without one. */
  readonly redfish: Redfish | undefined;
  /** Whether readings of the same moment are shared: who looks for all then saves the others a look. */
  readonly isShared: boolean;
  /** A reading by name, shared with all who ask for it at the same moment where nothing writes. */
  facts<T>(what: string, read: () => Promise<T>): Promise<T>;
}
