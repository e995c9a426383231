import type { TrainedLink } from "../hardware/hardware";
import type { LiveFault } from "../registers/live-faults";

/** Faults of the machine, which take effect at its next start but for the live ones. Addresses are the host file's. */
export interface HardwareFaults {
  /** How many starts from now on stop before the operating system. */
  hangingStarts: number;
  /** How much longer each power-on self-test takes. */
  slowStartSeconds: number;
  readonly vanished: Set<string>;
  readonly trained: Map<string, TrainedLink>;
  /** In the running machine, from now on. */
  readonly live: Map<string, LiveFault>;
}

export const noFaults = (): HardwareFaults => ({
  hangingStarts: 0,
  slowStartSeconds: 0,
  vanished: new Set(),
  trained: new Map(),
  live: new Map(),
});

export function mend(faults: HardwareFaults): void {
  faults.hangingStarts = 0;
  faults.slowStartSeconds = 0;
  faults.vanished.clear();
  faults.trained.clear();
  faults.live.clear();
}
