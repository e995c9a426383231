import type { BiosEffects } from "./bios-effects";

/** What a NIC's firmware configuration in force makes of its functions. */
export interface AdapterEffects {
  /** ATS_ENABLED: whether the functions have the ATS capability. */
  readonly ats: boolean;
  /** SR-IOV TotalVFs of each function; 0 without the capability. Absent: as the host file says. */
  readonly virtualFunctions?: number;
}

/** A link that came up slower or narrower than it can be: generation 1-6, width in lanes. */
export interface TrainedLink {
  readonly generation: number;
  readonly width: number;
}

/** Everything that shapes one start of the simulated machine, besides the host file. Addresses are the host file's. */
export interface Hardware {
  readonly bios: BiosEffects;
  /** By address of a NIC's function. */
  readonly adapters: ReadonlyMap<string, AdapterEffects>;
  /** Functions that are not there: a card that the system does not see after this start. */
  readonly vanished: ReadonlySet<string>;
  /** By address: links that trained down. */
  readonly trained: ReadonlyMap<string, TrainedLink>;
}
