import type { Flavour } from "./flavours/flavour";
import type { BmcState, Task, TaskState } from "./state";

/** Finished tasks beyond this many are forgotten, the oldest first. */
const KEPT = 50;

/** The state with one more task, the last of the list. Dell's ids are job ids. */
export function withTask(state: BmcState, flavour: Flavour, name: string, message: string, time: string): BmcState {
  const number = state.lastTask + 1;
  const id = flavour.paths.jobs ? `JID_${String(number).padStart(12, "0")}` : String(number);
  const task: Task = { id, name, state: "New", startTime: time, endTime: null, message };
  const surplus = Math.max(0, state.tasks.length + 1 - KEPT);
  const forgotten = new Set(state.tasks.filter(isOver).slice(0, surplus));
  return { ...state, lastTask: number, tasks: [...state.tasks.filter((old) => !forgotten.has(old)), task] };
}

export function withTaskState(state: BmcState, id: string, to: TaskState, message: string, time: string): BmcState {
  const tasks = state.tasks.map((task) =>
    task.id === id ? { ...task, state: to, message, endTime: to === "Running" ? null : time } : task,
  );
  return { ...state, tasks };
}

export function isOver({ state }: Task): boolean {
  return state === "Completed" || state === "Exception" || state === "Cancelled";
}
