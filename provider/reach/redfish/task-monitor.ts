import type { BmcClient } from "./client";
import type { Answer } from "./exchange";
import { listAt, textAt } from "./json";
import { messageOf, messagesOf, wordsOf } from "./messages";
import type { Work } from "./work";

/** How a task ends that has not done its work (DSP0268, Task.TaskState), and Dell's names for it. */
const FAILED = ["Exception", "Killed", "Interrupted", "Failed", "CompletedWithErrors"];
/** A task that is at work now; one that only waits for the boot is `New`, `Pending` or `Starting`. */
const AT_WORK = ["Running"];
const POLL_MS = 1_000;
const POLLS = 10;

/**
 * Follows the task of a 202 as far as the BMC has taken the settings (DSP0266, "Asynchronous operations"): until it waits
 * for the boot or is over. @throws RedfishError where it failed
 */
export async function followTask(client: BmcClient, work: Work, { headers, body }: Answer): Promise<void> {
  const monitor = headers.location ?? textAt(body, "TaskMonitor");
  if (monitor === undefined) return;
  for (let poll = 1; poll <= POLLS; poll += 1) {
    // A monitor that is gone belongs to a task that is over.
    const task = await client.find(work, monitor);
    if (!task) return;
    const state = textAt(task.body, "TaskState") ?? textAt(task.body, "JobState") ?? "";
    if (FAILED.includes(state)) {
      const messages = [...listAt(task.body, "Messages").map(messageOf), ...messagesOf(task.body)];
      const words = wordsOf(messages) || textAt(task.body, "Message") || "it does not say why";
      throw work.fail("refused", `the BMC's task for the settings ended as ${state}: ${words}`);
    }
    if (!AT_WORK.includes(state)) return;
    await work.pause("the BMC takes the settings over", POLL_MS);
  }
}
