import { nextValues, valueIn } from "../../../core/bios/next-values";
import { planWrites } from "../../../core/bios/plan-writes";
import type { Change } from "../../../core/diff/field-diff";
import { Refusal } from "../../../core/problems";
import type { ResourceContext } from "../../protocol/definition";
import type { BmcOptions, Redfish } from "../../reach/redfish/redfish";
import type { Look } from "./looks";
import type { BiosInputs } from "./shapes";
import { splitWrites } from "./split-writes";

/** Writes what the changes cover, all in one request: where the BMC refuses one setting, none is written. */
export async function applyBios(
  context: ResourceContext,
  redfish: Redfish,
  look: Look,
  target: BiosInputs,
  changes: readonly Change[],
): Promise<void> {
  const { reading, resolutions } = look;
  const { asked, restored } = splitWrites(look, target, changes);
  const { values, problems, left } = planWrites(reading, resolutions, asked, restored);
  if (problems.length > 0) throw new Refusal(problems);
  for (const { path, message } of left) context.warn(`${path} does not get back what it was: ${message}`);
  const next = nextValues(reading);
  const writes = [...values].filter(([name, value]) => valueIn(next, name) !== value);
  if (writes.length === 0) return;
  const what = writes.length === 1 ? "1 BIOS setting" : `${writes.length} BIOS settings`;
  await context.phase(`writing ${what}${reading.appliesAtOnce ? "" : " for the next boot"}`, undefined, () =>
    redfish.writeBios(target.system, Object.fromEntries(writes), bmcOptions(context)),
  );
}

/** What the BMC's client tells goes to the user. */
export function bmcOptions(context: ResourceContext): BmcOptions {
  return {
    signal: context.signal,
    status: (message) => context.status(message),
    warn: (message) => context.warn(message),
  };
}
