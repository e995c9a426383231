import type { JsonObject } from "../json";
import { message } from "../redfish/messages";
import { type Answer, documentOf, Refusal, type Resource } from "../redfish/resource";
import type { Service } from "../service";
import { TASK_MONITORS, TASKS } from "./paths";
import { taskResource } from "./tasks";

/** Refuses an action's body that lacks a parameter or has one that the action does not know. */
export function checkParameters(body: JsonObject, action: string, names: readonly string[]): void {
  const problems = [
    ...Object.keys(body)
      .filter((name) => !names.includes(name))
      .map((name) => message("ActionParameterNotSupported", [name, action], [`#/${name}`])),
    ...names
      .filter((name) => body[name] === undefined)
      .map((name) => message("ActionParameterMissing", [action, name], [`#/${name}`])),
  ];
  if (problems.length > 0) throw new Refusal(400, problems);
}

/** 202 with the task, and where to ask for its end. */
export function accepted(service: Service, task: string): Answer {
  return {
    status: 202,
    headers: { Location: `${TASK_MONITORS}/${task}` },
    body: documentOf(`${TASKS}/${task}`, taskResource(service, task) as Resource),
  };
}
