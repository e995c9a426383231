import { ReachError } from "./reach";

/** Why work with this signal did not come to its end: its machine's lock was lost, else somebody cancelled it. */
export function whyCancelled({ reason }: AbortSignal): string {
  return reason instanceof ReachError ? `was ended, because ${reason.reason}` : "was cancelled";
}

/** The error of such work; `more` is of what became of it. */
export function cancelled(machine: string, task: string, signal: AbortSignal, more = ""): ReachError {
  return new ReachError(machine, task, "cancelled", `${whyCancelled(signal)}${more}`, { cause: signal.reason });
}
