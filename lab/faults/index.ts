import { Refusal } from "../../core/problems";
import { zodProblems } from "../../core/zod-problems";
import type { SimulatedHost } from "../keeper/simulated-host";
import { BMC_FAULTS } from "./bmc-faults";
import { DEVICE_FAULTS } from "./device-faults";
import type { Fault } from "./fault";
import { mend } from "./hardware-faults";
import { NETWORK_FAULTS } from "./network-faults";
import { POWER_FAULTS } from "./power-faults";
import { mendSystem, SYSTEM_FAULTS } from "./system-faults";

/** Every way to break a lab host, by the name that `fault` takes. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  ...POWER_FAULTS,
  ...NETWORK_FAULTS,
  ...BMC_FAULTS,
  ...DEVICE_FAULTS,
  ...SYSTEM_FAULTS,
};

/**
 * Breaks something on purpose.
 * @param options values as text or as what they are
 * @throws Refusal for a fault that is none, or options that are wrong
 */
export async function applyFault(host: SimulatedHost, kind: string, options: Record<string, unknown>): Promise<string> {
  const fault = Object.hasOwn(FAULTS, kind) ? FAULTS[kind] : undefined;
  if (!fault) {
    const message = `there is no fault "${kind}"; there are ${Object.keys(FAULTS).join(", ")}, and clear`;
    throw new Refusal([{ path: "kind", message }]);
  }
  const parsed = fault.options.safeParse(options);
  if (!parsed.success) throw new Refusal(zodProblems(parsed.error));
  return fault.apply(host, parsed.data);
}

/** Mends every fault that lasts. A changed host key stays, and what vanished comes back at the next start. */
export async function clearFaults(host: SimulatedHost): Promise<string> {
  mend(host.faults);
  host.relay.blocked = false;
  host.bmc.clearModes();
  host.showLiveFaults();
  if (host.powerState() === "On") await mendSystem(host);
  return "all faults are mended; devices come back at the next start";
}
