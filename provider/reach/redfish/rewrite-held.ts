import type { Attributes } from "../../../core/bios/bios-reading";
import { isEmpty, missingOf } from "./bios-state";
import { ensureJob, waitingIn } from "./ensure-job";
import type { Answer } from "./exchange";
import { biosJobs, type Job } from "./jobs";
import { RedfishError } from "./redfish-error";
import { isOk, refusal } from "./refusal";
import { followTask } from "./task-monitor";
import { look, patch, type Writing } from "./write-settings";

/**
 * Writes settings that the BMC refused while others are scheduled: ends the scheduled job, writes old and new together, and
 * makes the job anew. Where that fails midway, what was pending before is put back; also where the user gives up.
 */
export async function rewriteHeld(writing: Writing, attributes: Attributes, refused: Answer): Promise<void> {
  const { client, work, place } = writing;
  const before = await look(writing);
  const path = before.settings?.path;
  const jobs = path === undefined ? [] : await biosJobs(client, work, place, path);
  if (path === undefined || jobs.length === 0)
    throw refusal(work, "the write of the settings", refused, new Set(Object.keys(attributes)));
  // What was to be written is scheduled already.
  if (isEmpty(missingOf(before, attributes)) && jobs.every(({ scheduled }) => scheduled)) return;
  const untouchable = jobs.filter(({ scheduled, ofQueue }) => !scheduled || !ofQueue);
  if (untouchable.length > 0) throw heldBy(writing, untouchable);
  const waiting = waitingIn(writing, before);
  try {
    for (const job of jobs) await remove(writing, job);
    await writeAnew(writing, { ...waiting, ...attributes });
  } catch (error) {
    throw await putBack(writing, waiting, error);
  }
}

function heldBy({ work }: Writing, jobs: readonly Job[]): RedfishError {
  const names = jobs.map(({ words }) => words).join(", ");
  const advice = "boot the host, or let it come to its end, then try again";
  return work.fail("refused", `the BMC takes no settings while others are scheduled: it has the ${names}; ${advice}`);
}

async function remove({ client, work }: Writing, { path, words }: Job): Promise<void> {
  const answer = await client.send(work, { method: "DELETE", path });
  if (!isOk(answer) && answer.status !== 404) throw refusal(work, `the end of the ${words}`, answer);
}

async function writeAnew(writing: Writing, attributes: Attributes): Promise<void> {
  const state = await look(writing);
  const written = await patch(writing, state, attributes);
  if (written.as === "held") {
    throw refusal(writing.work, "the write of the settings", written.answer, new Set(Object.keys(attributes)));
  }
  if (written.answer?.status === 202) await followTask(writing.client, writing.work, written.answer);
  await ensureJob(writing);
}

/** The error to end with: what failed, and what has become of the settings that were pending. */
async function putBack(writing: Writing, waiting: Attributes, error: unknown): Promise<unknown> {
  if (!(error instanceof RedfishError)) return error;
  const names = Object.keys(waiting).join(", ");
  const told = (what: string) =>
    new RedfishError(error.machine, error.task, error.phase, `${error.reason}. ${what}`, { cause: error });
  const rescue = { ...writing, work: writing.work.cleanUp() };
  try {
    const state = await look(rescue);
    const missing = missingOf(state, waiting);
    if (isEmpty(missing)) await ensureJob(rescue);
    else await writeAnew(rescue, waiting);
    return told(`What was pending before is pending again: ${names}`);
  } catch (second) {
    const why = second instanceof RedfishError ? second.reason : String(second);
    return told(
      `Of what was pending before, some may be lost, for it could not be put back (${why}): see to ${names} at the BMC`,
    );
  }
}
