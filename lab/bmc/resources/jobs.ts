import type { JsonObject } from "../json";
import {
  type Answer,
  collection,
  documentOf,
  type Request,
  type Resource,
  type Route,
  refuse,
} from "../redfish/resource";
import type { Service } from "../service";
import type { Task, TaskState } from "../state";
import { withTaskState } from "../tasks";
import { TASK_MONITORS } from "./paths";
import { isLockedByJob, schedule } from "./schedule";

/** Dell's names for the states of a job (schema DellJob, JobState). */
const JOB_STATES: Readonly<Record<TaskState, string>> = {
  New: "Scheduled",
  Running: "Running",
  Completed: "Completed",
  Exception: "Failed",
  Cancelled: "Failed",
};

/** Dell's job queue: tasks under another name, and the way to make settings take effect that were written without one. */
export function jobRoutes(service: Service): Route[] {
  const { jobs } = service.flavour.paths;
  if (!jobs) return [];
  const queue: Resource = {
    type: "DellJobCollection.DellJobCollection",
    privilege: "ConfigureComponents",
    read: () =>
      collection(
        "JobQueue",
        service.store.state.tasks.map(({ id }) => `${jobs}/${id}`),
      ),
    post: (request) => newJob(service, jobs, request),
  };
  return [
    [jobs, () => queue],
    [`${jobs}/{id}`, (id) => jobResource(service, id)],
  ];
}

function jobResource(service: Service, id: string): Resource | undefined {
  const task = service.store.state.tasks.find((known) => known.id === id);
  if (!task) return undefined;
  return {
    type: "DellJob.v1_4_0.DellJob",
    privilege: "ConfigureComponents",
    read: () => jobProperties(service, task),
    delete: () => {
      // Pending settings stay written; a new job, or ClearPending, decides about them.
      service.store.change((state) => ({
        ...withTaskState(state, id, "Cancelled", "Deleted", service.time),
        scheduledBy: state.scheduledBy === id ? null : state.scheduledBy,
      }));
      return { status: 200 };
    },
  };
}

function jobProperties(service: Service, task: Task): JsonObject {
  return {
    Id: task.id,
    Name: task.name,
    JobType: "BIOSConfiguration",
    JobState: JOB_STATES[task.state],
    Message: task.message,
    PercentComplete: task.endTime ? 100 : 0,
    StartTime: task.startTime,
    EndTime: task.endTime,
    TargetSettingsURI: service.flavour.paths.settings,
  };
}

function newJob(service: Service, jobs: string, { body }: Request): Answer {
  const { settings } = service.flavour.paths;
  const target = body.TargetSettingsURI;
  if (target === undefined) throw refuse(400, "PropertyMissing", ["TargetSettingsURI"], ["#/TargetSettingsURI"]);
  if (target !== settings) {
    throw refuse(400, "PropertyValueNotInList", [String(target), "TargetSettingsURI"], ["#/TargetSettingsURI"]);
  }
  if (isLockedByJob(service)) throw refuse(400, "ResourceInUse");
  const task = schedule(service);
  if (!task) throw refuse(400, "NoOperation");
  return {
    status: 200,
    headers: { Location: `${TASK_MONITORS}/${task}` },
    body: documentOf(`${jobs}/${task}`, jobResource(service, task) as Resource),
  };
}
