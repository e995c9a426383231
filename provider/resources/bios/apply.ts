import { nextValues, valueIn } from "../../../core/bios/next-values";
import { planWrites } from "../../../core/bios/plan-writes";
import type { Change } from "../../../core/diff/field-diff";
import { overlaps } from "../../../core/diff/path";
import { Refusal } from "../../../core/problems";
import type { ResourceContext } from "../../protocol/definition";
import type { BmcOptions, Redfish } from "../../reach/redfish/redfish";
import { knownWanted } from "./judge";
import type { Look } from "./looks";
import type { BiosInputs } from "./shapes";

/** Writes what the changes cover, all in one request: where the BMC refuses one setting, none is written. */
export async function applyBios(
  context: ResourceContext,
  redfish: Redfish,
  { reading, resolutions }: Pick<Look, "reading" | "resolutions">,
  target: BiosInputs,
  changes: readonly Change[],
): Promise<void> {
  const { values, problems } = planWrites(reading, resolutions, covered(target, changes));
  if (problems.length > 0) throw new Refusal(problems);
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

/** What is to be, of the places that the changes are about. */
function covered(target: BiosInputs, changes: readonly Change[]) {
  const { intents, attributes } = knownWanted(target);
  const only = <T extends object>(field: string, map: T): T =>
    Object.fromEntries(
      Object.entries(map).filter(([name]) => changes.some(({ keys }) => overlaps(keys, [field, name]))),
    ) as T;
  return { intents: only("intents", intents), attributes: only("attributes", attributes) };
}
