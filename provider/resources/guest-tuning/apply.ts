import { resolveSettings } from "../../../core/guest/resolve";
import { parseApplied } from "../../../core/guest/write/applied";
import { applyScript } from "../../../core/guest/write/apply-script";
import type { Change, ResourceContext } from "../../protocol/definition";
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
  const script = applyScript(target, observed, changes, managed(target, wanted ?? resolvedAlone(target, observed)));
  const name = "tune the system";
  const gpus = new Set(changes.filter(({ keys }) => keys[0] === "gpuClocks").map(({ keys }) => keys[1]));
  const result = await phase("tuning the system", EXPECTED_S + EXPECTED_GPU_S * gpus.size, () =>
    machine.reach.run(script, { signal, timeoutMs: APPLY_MS, name }),
  );
  const { exitCode, stdout, stderr } = result;
  if (exitCode !== 0) {
    const reason = stderr.trim() || `its script ended with ${exitCode}; nothing says what was set`;
    throw new Error(`${machine.reach.machine}: ${name}: ${reason}`);
  }
  for (const { path, reason } of parseApplied(stdout.toString())) warn(`${path} is left out: ${reason}`);
}

/**
 * Of the values that are to be, those that are to be made again at each boot: the target has those of devices too that
 * nobody asked to tune. A value that is ignored is the machine's.
 */
function managed(target: GuestTuningInputs, asked: GuestTuningInputs): GuestTuningInputs {
  return {
    ...target,
    interfaces: narrowed(target.interfaces, asked.interfaces),
    gpuClocks: narrowed(target.gpuClocks, asked.gpuClocks),
  };
}

/** What a delete knows of what was asked for. */
const resolvedAlone = (target: GuestTuningInputs, observed: GuestTuningOutputs): GuestTuningInputs =>
  resolveSettings(observed, { ...target, interfaces: {}, gpuClocks: {} });

/** Of each entry the fields that another map has too. */
function narrowed<Settings extends object>(
  map: Readonly<Record<string, Settings>>,
  by: Readonly<Record<string, Settings>>,
): Record<string, Settings> {
  const entries = Object.entries(map).flatMap(([key, settings]) => {
    const fields = Object.entries(settings).filter(([field]) => Object.hasOwn(by[key] ?? {}, field));
    return fields.length === 0 ? [] : [[key, Object.fromEntries(fields)]];
  });
  return Object.fromEntries(entries);
}
