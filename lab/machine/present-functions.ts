import type { MachinePlan, PlannedFunction } from "./machine-plan";

/**
 * Functions that are there after a start: not those that vanished, nor those behind a bridge that did, nor those of a
 * card whose function 0 did, as nobody looks for the others then (PCI Local Bus specification 3.0, 3.2.2.3.4).
 */
export function presentFunctions(plan: MachinePlan, vanished: ReadonlySet<string>): PlannedFunction[] {
  const gone = new Set<string>();
  const goneCards = new Set<string>();
  for (const planned of plan.functions) {
    const { device, parent, place } = planned;
    const card = `${parent ?? planned.root}/${place.slot}`;
    if (vanished.has(device.address) || goneCards.has(card) || (parent !== undefined && gone.has(parent))) {
      gone.add(device.address);
      if (place.function === 0) goneCards.add(card);
    }
  }
  return plan.functions.filter(({ device }) => !gone.has(device.address));
}
