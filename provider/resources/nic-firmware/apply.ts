import { errorIn } from "../../../core/nic/host-reading";
import { knownParameter } from "../../../core/nic/known-parameters";
import { HELD_EXIT, setScript } from "../../../core/nic/observe-script";
import { argumentOf, type ParameterValue, type ParameterValues } from "../../../core/nic/parameter-value";
import { writeOrder } from "../../../core/nic/write-order";
import { shellWord } from "../../../core/shell-word";
import type { Change, ResourceContext } from "../../protocol/definition";
import type { NicFirmwareInputs, NicFirmwareOutputs } from "./shapes";

/** Setting is a command to the firmware, which writes its flash: seconds. A card that does not answer takes longer. */
const SET_MS = 120_000;
/** Seconds that one call takes; only shown. */
const EXPECTED_SET_S = 2;

/** Sets what the changes cover. Each call of the tool sets all its parameters or none. */
export async function applyNicFirmware(
  context: ResourceContext,
  target: NicFirmwareInputs,
  observed: NicFirmwareOutputs | undefined,
  changes: readonly Change[],
): Promise<void> {
  const { device } = target;
  if (observed === undefined) throw new Error(`there is no adapter ${device} on the host`);
  if (observed.notAsked !== undefined) throw new Error(observed.notAsked);
  if (observed.otherCard !== undefined) return leaveOtherCard(context, target, changes);
  const settings = settingsOf(context, target, observed, changes);
  for (const names of writeOrder(settings)) {
    const assignments = names.map((name) => assignment(name, settings));
    await context.phase(`setting ${names.join(", ")} of ${device}`, EXPECTED_SET_S, () =>
      setParameters(context, observed.tool, device, assignments),
    );
  }
}

/** Only a delete comes here with another card at the address: an update was refused before. */
function leaveOtherCard(
  { warn }: ResourceContext,
  { device, parameters }: NicFirmwareInputs,
  changes: readonly Change[],
): void {
  const names = changes.filter(({ keys }) => keys[0] === "parameters").map(({ keys }) => String(keys[1]));
  const values = names.filter((name) => Object.hasOwn(parameters, name)).map((name) => `${name}=${parameters[name]}`);
  const what = values.join(" ");
  warn(`${device}: another adapter is there now and is left as it is; the one that was there had ${what} before`);
}

/** What can be set of what is to be: a parameter that the card does not show again cannot be put back. */
function settingsOf(
  context: ResourceContext,
  target: NicFirmwareInputs,
  observed: NicFirmwareOutputs,
  changes: readonly Change[],
): ParameterValues {
  const settings: Record<string, ParameterValue> = {};
  for (const { keys } of changes) {
    const name = String(keys[1]);
    const value = target.parameters[name];
    // An entry taken out of the program has a value here where it gets back what it was.
    if (keys[0] !== "parameters" || value === undefined) continue;
    if (Object.hasOwn(observed.parameters, name)) settings[name] = value as ParameterValue;
    else {
      const why = observed.locked[name] ?? observed.unsupported[name] ?? "the card does not show it";
      context.warn(`${target.device}: ${name} cannot be set to ${value}: ${why}`);
    }
  }
  return settings;
}

function assignment(name: string, settings: ParameterValues): string {
  return `${name}=${argumentOf(settings[name] as ParameterValue, knownParameter(name))}`;
}

async function setParameters(
  { machine, signal }: ResourceContext,
  tool: string,
  device: string,
  assignments: readonly string[],
): Promise<void> {
  const name = `set ${assignments.join(" ")} of ${device}`;
  const script = setScript(tool, shellWord(device), assignments.map(shellWord));
  const { exitCode, stdout, stderr } = await machine.reach.run(script, { signal, timeoutMs: SET_MS, name });
  if (exitCode === 0) return;
  const where = `${machine.reach.machine}: ${name}`;
  if (exitCode === HELD_EXIT)
    throw new Error(`${where}: ${stdout.toString().trim()} holds the adapter now; nothing was set`);
  throw new Error(`${where}: ${tool} refused, and set none of these: ${errorIn(`${stdout.toString()}${stderr}`)}`);
}
