/** What a BMC manages: the simulated server's power and identity. The keeper implements it; tests have one in memory. */
export interface ManagedSystem {
  readonly identity: SystemIdentity;
  powerState(): PowerState;
  /**
   * Resolves when the hardware has obeyed: the process is started or gone, the power button was pressed. A graceful
   * request does not wait for the operating system.
   */
  reset(type: ResetType): Promise<void>;
}

export interface SystemIdentity {
  /** Host name of the lab host. */
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly uuid: string;
  readonly biosVersion: string;
  readonly processorModel: string;
  readonly processors: number;
  readonly memoryGiB: number;
}

/** Redfish ComputerSystem.PowerState (DMTF DSP0268). */
export type PowerState = "On" | "Off" | "PoweringOn" | "PoweringOff";

/** The values of Redfish Resource.ResetType (DMTF DSP0268) that a simulated server obeys. */
export const RESET_TYPES = [
  "On",
  "ForceOn",
  "ForceOff",
  "GracefulShutdown",
  "GracefulRestart",
  "ForceRestart",
  "PowerCycle",
  "PushPowerButton",
] as const;
export type ResetType = (typeof RESET_TYPES)[number];
