/**
 * What must happen before a layer's settings are in force: nothing, a restart of the host, or a power cycle, which a
 * restart cannot replace. `passes` is how many of them it takes: firmware whose parameters unlock one another takes
 * more than one. `reasons` name the settings, one line each, and are empty where nothing is needed.
 */
export interface BootNeed {
  readonly kind: "none" | "reboot" | "powerCycle";
  readonly passes: number;
  readonly reasons: readonly string[];
}

export const NO_BOOT: BootNeed = { kind: "none", passes: 0, reasons: [] };
