import { RESET_TYPES, type ResetType } from "../managed-system";
import { type Answer, type Request, type Resource, refuse } from "../redfish/resource";
import type { Service } from "../service";
import { withTaskState } from "../tasks";
import { accepted, checkParameters } from "./actions";

const ACTION = "ComputerSystem.Reset";

/** An answer that takes longer than this becomes a task. */
const PATIENCE_MS = 5_000;

/** Resets that ask for the state that already holds. */
const FULFILLED: Readonly<Record<"On" | "Off", readonly ResetType[]>> = { On: ["On", "ForceOn"], Off: ["ForceOff"] };

/** Resets that a system without power cannot obey. */
const NEED_POWER: readonly ResetType[] = ["GracefulShutdown", "GracefulRestart", "ForceRestart", "PowerCycle"];

export function resetAction(service: Service): Resource {
  return { privilege: "ConfigureComponents", post: (request) => reset(service, request) };
}

async function reset(service: Service, { body }: Request): Promise<Answer> {
  const type = resetType(service, body);
  const power = service.system.powerState() === "Off" ? "Off" : "On";
  const { fulfilled, impossible } = service.flavour.powerConflict;
  if (FULFILLED[power].includes(type)) {
    if (fulfilled === 204) return { status: 204 };
    throw refuse(fulfilled, "ActionParameterValueConflict", ["ResetType", type], ["#/ResetType"]);
  }
  if (power === "Off" && NEED_POWER.includes(type)) {
    throw refuse(impossible, "ActionParameterValueConflict", ["ResetType", type], ["#/ResetType"]);
  }
  return patiently(service, `Reset ${type}`, service.system.reset(type));
}

function resetType(service: Service, body: Request["body"]): ResetType {
  checkParameters(body, ACTION, ["ResetType"]);
  const wanted = body.ResetType;
  if (typeof wanted !== "string") {
    throw refuse(
      400,
      "ActionParameterValueFormatError",
      [JSON.stringify(wanted), "ResetType", ACTION],
      ["#/ResetType"],
    );
  }
  const type = RESET_TYPES.find((known) => known === wanted);
  if (!type || !service.flavour.resetTypes.includes(type)) {
    throw refuse(400, "ActionParameterValueNotInList", [wanted, "ResetType", ACTION], ["#/ResetType"]);
  }
  return type;
}

/** 204 when the work is done soon, else 202 with a task that tells when it is. */
async function patiently(service: Service, name: string, work: Promise<void>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), PATIENCE_MS);
  });
  try {
    if ((await Promise.race([work, patience])) !== "late") return { status: 204 };
  } finally {
    clearTimeout(timer);
  }
  const task = service.newTask(name, "Under way");
  service.store.change((before) => withTaskState(before, task, "Running", "Under way", service.time));
  work
    .then(
      () => ["Completed", "Done"] as const,
      (error: Error) => ["Exception", error.message] as const,
    )
    .then(([state, text]) => service.store.change((before) => withTaskState(before, task, state, text, service.time)))
    .catch((error: Error) => service.log(`${name}: its end could not be written: ${error.message}`));
  return accepted(service, task);
}
