import type { TrainedLink } from "../hardware/hardware";
import type { MachinePlan, PlannedFunction } from "../machine/machine-plan";
import { generationOf } from "./config-values";

/**
 * How the link of a function trained: as slow and narrow as the worse of its two ends, or as a fault has it. A fault
 * holds for both ends: it may name the device, function 0 of its card, or the port above.
 */
export function trainedLink(
  planned: PlannedFunction,
  functions: ReadonlyMap<string, PlannedFunction>,
  faults: ReadonlyMap<string, TrainedLink>,
): TrainedLink {
  const fault = linkFault(planned, functions, faults);
  if (fault !== undefined) return fault;
  const own = maximum(planned);
  const port = portAbove(planned, functions);
  if (port === undefined) return own;
  const other = maximum(port);
  if (other.generation === 0 || other.width === 0) return own;
  return { generation: Math.min(own.generation, other.generation), width: Math.min(own.width, other.width) };
}

/** The fault of the link above a function, if it has one; for a root or downstream port, of the link below it. */
export function linkFault<T>(
  planned: PlannedFunction,
  functions: ReadonlyMap<string, PlannedFunction>,
  faults: ReadonlyMap<string, T>,
): T | undefined {
  const own = faults.get(planned.device.address);
  if (own !== undefined) return own;
  const port = hasLinkBelow(planned) ? planned : portAbove(planned, functions);
  if (port === undefined) return undefined;
  const ofPort = port === planned ? undefined : faults.get(port.device.address);
  if (ofPort !== undefined) return ofPort;
  for (const [address, fault] of faults) {
    const other = functions.get(address);
    if (other?.parent === port.device.address && other.place.function === 0) return fault;
  }
  return undefined;
}

/** Functions of a plan by host file address. */
export function functionsByAddress(plan: MachinePlan): Map<string, PlannedFunction> {
  return new Map(plan.functions.map((planned) => [planned.device.address, planned]));
}

export function maximum({ device }: PlannedFunction): TrainedLink {
  return { generation: generationOf(device.maxLinkSpeed), width: device.maxLinkWidth ?? 0 };
}

function portAbove(planned: PlannedFunction, functions: ReadonlyMap<string, PlannedFunction>) {
  const above = planned.parent === undefined ? undefined : functions.get(planned.parent);
  return above && hasLinkBelow(above) ? above : undefined;
}

function hasLinkBelow({ device }: PlannedFunction): boolean {
  return device.port === "root-port" || device.port === "downstream-port";
}
