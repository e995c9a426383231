import { ReachError, type ReachPhase } from "../reach";

/** Work on a BMC that did not come to its end. Holds no password and no token: the client takes them out of the reason. */
export class RedfishError extends ReachError {
  constructor(machine: string, task: string, phase: ReachPhase, reason: string, options?: ErrorOptions) {
    super(machine, task, phase, reason, options);
    this.name = "RedfishError";
  }
}
