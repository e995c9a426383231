import type { Service } from "../service";
import type { BmcState } from "../state";
import { withTask, withTaskState } from "../tasks";

const NAME = "BIOS configuration";

/** Makes pending settings take effect at the next reset, and returns the task that tells of it; null: none are pending. */
export function schedule(service: Service): string | null {
  service.store.change((state) => scheduled(service, state));
  return service.store.state.scheduledBy;
}

function scheduled(service: Service, state: BmcState): BmcState {
  const nothing = Object.keys(state.pending).length === 0;
  // Settings written back to what is in force leave nothing to do.
  if (nothing && state.scheduledBy !== null) {
    const ended = withTaskState(state, state.scheduledBy, "Cancelled", "Nothing left to set", service.time);
    return { ...ended, scheduledBy: null };
  }
  if (nothing || state.scheduledBy !== null) return state;
  const withNew = withTask(state, service.flavour, NAME, "Waits for a reset", service.time);
  return { ...withNew, scheduledBy: (withNew.tasks.at(-1) as { id: string }).id };
}

/** Whether scheduled settings keep others from being written. */
export function isLockedByJob(service: Service): boolean {
  return service.modes.lockedByJob && service.store.state.scheduledBy !== null;
}
