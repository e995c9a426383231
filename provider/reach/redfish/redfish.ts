import type { Attributes, BiosReading } from "../../../core/bios/bios-reading";

/** How a piece of work on a BMC is to be done. */
export interface BmcOptions {
  /** Ends every wait and request, when aborted. */
  readonly signal: AbortSignal;
  /** Told when the BMC is busy and asked again: "busy, asking again in 5 s". */
  readonly status?: (message: string) => void;
  /** Told once what the user is to know: that a certificate is not checked. */
  readonly warn?: (message: string) => void;
}

/** What is needed of the Redfish service of a BMC. Errors are of RedfishError (a ReachError). */
export interface Redfish {
  /** Name of the machine whose BMC it is, for messages. */
  readonly machine: string;
  /**
   * Reads the BIOS settings of a system: by its Redfish id, or of the one system that has any. Undefined where the BMC
   * was reached and has no such system, or none with BIOS settings.
   */
  readBios(system: string | undefined, options: BmcOptions): Promise<BiosReading | undefined>;
  /**
   * Writes settings for the next boot; never boots. What others have pending stays pending. Returns when the BMC has
   * taken them: with a job or task where it needs one. Where a scheduled job holds the settings, it is made anew with old
   * and new ones; given up or failed in the midst of that, it first puts back what was pending, and the error says so.
   */
  writeBios(system: string | undefined, attributes: Attributes, options: BmcOptions): Promise<void>;
  /** Ends the session, after the work in progress: what is being put back gets its time. Never throws. */
  close(): Promise<void>;
}
