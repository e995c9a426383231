import { resolveSettings } from "../../../core/guest/resolve";
import { isCutOff } from "../../../core/guest/route-carrier";
import { parseApplied } from "../../../core/guest/write/applied";
import { applyScript, giveBackScript } from "../../../core/guest/write/apply-script";
import type { Change, ResourceContext } from "../../protocol/definition";
import { inOwnSession } from "../../reach/own-session";
import type { GuestTuningInputs, GuestTuningOutputs } from "./shapes";

/** A GPU's driver may take seconds for each of its settings, and a system has up to 16 GPUs. */
const APPLY_MS = 600_000;
/** Seconds that files and kernel values take, and one GPU's settings; only shown. */
const EXPECTED_S = 2;
const EXPECTED_GPU_S = 3;

/**
 * Makes the changes, in one round trip: all of them or none. `wanted` are the resolved inputs; absent on a delete.
 * @throws Error that says what could not be set, and what became of the rest
 */
export async function applyGuestTuning(
  context: ResourceContext,
  target: GuestTuningInputs,
  observed: GuestTuningOutputs | undefined,
  changes: readonly Change[],
  wanted?: GuestTuningInputs,
): Promise<void> {
  const { machine, signal, phase, warn } = context;
  // A system is always there to look at.
  if (observed === undefined) throw new Error("the system was not looked at before it was to be tuned");
  const script =
    wanted === undefined
      ? giveBackScript(target, observed, givenBack(context, observed, changes))
      : applyScript(target, observed, changes, toPersist(target, observed, wanted));
  const name = "tune the system";
  const gpus = new Set(changes.filter(({ keys }) => keys[0] === "gpuClocks").map(({ keys }) => keys[1]));
  const result = await phase("tuning the system", EXPECTED_S + EXPECTED_GPU_S * gpus.size, () =>
    machine.reach.run(inOwnSession(script), { signal, timeoutMs: APPLY_MS, name }),
  );
  const { exitCode, stdout, stderr } = result;
  if (exitCode !== 0) {
    const reason = stderr.trim() || `its script ended with ${exitCode}; nothing says what was set`;
    throw new Error(`${machine.reach.machine}: ${name}: ${reason}`);
  }
  for (const { path, reason } of parseApplied(stdout.toString())) warn(`${path} is left out: ${reason}`);
}

/** What a delete gives back. The files are this provider's alone, and go with it. */
function givenBack(
  { warn }: ResourceContext,
  observed: GuestTuningOutputs,
  changes: readonly Change[],
): readonly Change[] {
  const cutOff = changes.filter(({ keys }) => isCutOff(observed, keys));
  for (const { path } of cutOff) {
    warn(`${path} is not given back: the default route or the SSH connection goes by this adapter`);
  }
  return changes.filter((change) => !cutOff.includes(change));
}

/**
 * What is to be made again at each boot: of what was asked for, the values that are to be, for one that is ignored is the
 * machine's. What a card did not support is tried again, for another driver may.
 */
function toPersist(
  target: GuestTuningInputs,
  observed: GuestTuningOutputs,
  wanted: GuestTuningInputs,
): GuestTuningInputs {
  const cards = Object.entries(observed.cards).map(([address, card]) => [address, { ...card, unsupported: {} }]);
  const asked = resolveSettings({ ...observed, cards: Object.fromEntries(cards) }, wanted);
  return {
    ...target,
    interfaces: settled(asked.interfaces, target.interfaces),
    gpuClocks: settled(asked.gpuClocks, target.gpuClocks),
  };
}

/** The fields of a map, with the values that another one has for them. */
function settled<Settings extends object>(
  map: Readonly<Record<string, Settings>>,
  values: Readonly<Record<string, Settings>>,
): Record<string, Settings> {
  const entries = Object.entries(map).map(([key, settings]) => {
    const own: object = values[key] ?? {};
    const fields = Object.entries(settings).map(([field, value]) => [
      field,
      Object.hasOwn(own, field) ? own[field as keyof typeof own] : value,
    ]);
    return [key, Object.fromEntries(fields)];
  });
  return Object.fromEntries(entries);
}
