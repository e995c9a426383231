import type { JsonObject } from "../json";
import { collection, documentOf, link, type Resource, type Route } from "../redfish/resource";
import type { Service } from "../service";
import type { Task } from "../state";
import { isOver } from "../tasks";
import { TASK_MONITORS, TASK_SERVICE, TASKS } from "./paths";

export function taskRoutes(service: Service): Route[] {
  return [
    [
      TASK_SERVICE,
      () => ({
        type: "TaskService.v1_2_1.TaskService",
        privilege: "ConfigureManager",
        read: () => ({
          Id: "TaskService",
          Name: "Task Service",
          ServiceEnabled: true,
          CompletedTaskOverWritePolicy: "Oldest",
          LifeCycleEventOnTaskStateChange: false,
          Tasks: link(TASKS),
        }),
      }),
    ],
    [
      TASKS,
      () => ({
        type: "TaskCollection.TaskCollection",
        privilege: "ConfigureManager",
        read: () =>
          collection(
            "Tasks",
            service.store.state.tasks.map(({ id }) => `${TASKS}/${id}`),
          ),
      }),
    ],
    [`${TASKS}/{id}`, (id) => taskResource(service, id)],
    [`${TASK_MONITORS}/{id}`, (id) => taskMonitor(service, id)],
  ];
}

export function taskResource(service: Service, id: string): Resource | undefined {
  const task = service.store.state.tasks.find((known) => known.id === id);
  return task && { type: "Task.v1_7_3.Task", privilege: "ConfigureManager", read: () => taskProperties(task) };
}

function taskProperties(task: Task): JsonObject {
  return {
    Id: task.id,
    Name: task.name,
    TaskState: task.state,
    TaskStatus: task.state === "Exception" ? "Critical" : "OK",
    StartTime: task.startTime,
    ...(task.endTime ? { EndTime: task.endTime } : {}),
    PercentComplete: isOver(task) ? 100 : 0,
    TaskMonitor: `${TASK_MONITORS}/${task.id}`,
    Messages: [{ MessageId: `Base.1.18.${messageKey(task)}`, Message: task.message }],
  };
}

function messageKey({ state }: Task): string {
  if (state === "Exception") return "OperationFailed";
  return state === "Completed" ? "Success" : "Created";
}

/** DSP0266, "Asynchronous operations": 202 until the task is over. */
function taskMonitor(service: Service, id: string): Resource | undefined {
  const task = service.store.state.tasks.find((known) => known.id === id);
  return (
    task && {
      type: "Task.v1_7_3.Task",
      privilege: "ConfigureManager",
      status: isOver(task) ? 200 : 202,
      read: () => ({ ...documentOf(`${TASKS}/${id}`, taskResource(service, id) as Resource) }),
    }
  );
}
