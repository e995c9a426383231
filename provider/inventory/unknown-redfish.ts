import { MachineUnknown } from "../protocol/inventory";
import type { Redfish } from "../reach/redfish/redfish";

/** A BMC of which nothing is known before another resource was created; the machine's other parts are. */
export class UnknownRedfish implements Redfish {
  constructor(readonly machine: string) {}

  readBios(): Promise<never> {
    return Promise.reject(new MachineUnknown(this.machine));
  }

  writeBios(): Promise<never> {
    return Promise.reject(new MachineUnknown(this.machine));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
