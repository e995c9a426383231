import type { Bmc, PostResult } from "../../../../../lab/bmc/bmc";
import type { ManagedSystem, PowerState, ResetType, SystemIdentity } from "../../../../../lab/bmc/managed-system";

const IDENTITY: SystemIdentity = {
  name: "lab-h100",
  manufacturer: "Lab",
  model: "8x H100",
  serialNumber: "LAB0000001",
  uuid: "5a5fd6b8-0a1e-4c7e-9b0e-6d1f2a3b4c5d",
  biosVersion: "1.0.0",
  processorModel: "AMD EPYC-Milan",
  processors: 2,
  memoryGiB: 4,
};

/** A server of nothing but its power state, which runs its BMC's self-test at each start as the keeper does. */
export class MemorySystem implements ManagedSystem {
  readonly identity = IDENTITY;
  readonly resets: ResetType[] = [];
  readonly starts: PostResult[] = [];
  /** Set by a test: what the next reset waits for, or fails with. */
  before: () => Promise<void> = async () => {};
  #power: PowerState = "Off";
  #bmc: Bmc | undefined;

  managedBy(bmc: Bmc): void {
    this.#bmc = bmc;
  }

  powerState(): PowerState {
    return this.#power;
  }

  async reset(type: ResetType): Promise<void> {
    await this.before();
    this.resets.push(type);
    switch (type) {
      case "ForceOff":
      case "GracefulShutdown":
        this.#power = "Off";
        return;
      case "GracefulRestart":
      case "ForceRestart":
        this.#start("reset");
        return;
      case "PushPowerButton":
        if (this.#power === "On") this.#power = "Off";
        else this.#start("powerCycle");
        return;
      default:
        this.#start("powerCycle");
    }
  }

  #start(kind: "reset" | "powerCycle"): void {
    this.#power = "On";
    if (this.#bmc) this.starts.push(this.#bmc.post(kind));
  }
}
