import type { BiosPlace } from "./bios-place";
import type { BmcClient, Member } from "./client";
import { idOf, textAt } from "./json";
import { samePath } from "./paths";
import type { ServiceRoot } from "./service-root";
import type { Work } from "./work";

/** A job or task on BIOS settings that is not over. */
export interface Job {
  readonly path: string;
  /** Whether it only waits for the boot. One that runs must not be touched. */
  readonly scheduled: boolean;
  /** Whether it is of a queue whose scheduled jobs can be deleted and made. */
  readonly ofQueue: boolean;
  /** For messages: "job JID_000000000001 (BIOSConfiguration, Scheduled)". */
  readonly words: string;
}

/** Where a BMC does not send members along: how many of the newest are read, each by a request. */
const NEWEST = 20;

/** JobState of Dell's jobs (schema DellJob): those that wait for the host, and those that are over. */
const JOB_WAITS = ["New", "Scheduled"];
const JOB_OVER = ["Completed", "CompletedWithErrors", "Failed", "RebootCompleted", "RebootFailed", "DownloadFailed"];
/** TaskState (DSP0268, Task): likewise. */
const TASK_WAITS = ["New", "Pending", "Starting", "Service", "Suspended"];
const TASK_OVER = ["Completed", "Killed", "Exception", "Cancelled", "Interrupted"];

/** Jobs and tasks on the settings of a system's BIOS that are not over. */
export async function biosJobs(
  client: BmcClient,
  work: Work,
  place: BiosPlace,
  settings: string,
): Promise<readonly Job[]> {
  const queue = await jobQueue(client, work, place);
  if (queue) return queue.jobs;
  const { tasks: service } = await client.root(work);
  if (service === undefined) return [];
  const tasks = await client.members(work, `${service.replace(/\/+$/, "")}/Tasks`);
  return (await documents(client, work, tasks ?? [])).flatMap((member) => taskOn(member, settings));
}

/** A queue in which a job is made for settings to be applied. */
export interface JobQueue {
  readonly path: string;
  /** Those on BIOS settings that are not over. */
  readonly jobs: readonly Job[];
}

/** Undefined where the BMC has no such thing. */
export async function jobQueue(client: BmcClient, work: Work, place: BiosPlace): Promise<JobQueue | undefined> {
  for (const path of queuesOf(await client.root(work), place)) {
    const members = await client.members(work, path);
    if (members) return { path, jobs: (await documents(client, work, members)).flatMap(dellJob) };
  }
  return undefined;
}

/** Places of Dell's queue, of older and of newer iDRACs (iDRAC9 Redfish API guide, "DellJobCollection"). */
function queuesOf({ vendor }: ServiceRoot, { manager }: BiosPlace): string[] {
  if (manager === undefined || !(/dell/i.test(vendor) || /idrac/i.test(manager))) return [];
  const bare = manager.replace(/\/+$/, "");
  return [`${bare}/Jobs`, `${bare}/Oem/Dell/Jobs`];
}

async function documents(client: BmcClient, work: Work, members: readonly Member[]): Promise<Member[]> {
  // Ids grow with time, as numbers or as Dell's JID_ with the date.
  const newest = [...members].sort((a, b) => b.path.localeCompare(a.path, "en", { numeric: true }));
  const found: Member[] = [];
  let read = 0;
  for (const member of newest) {
    if (member.document === undefined && read >= NEWEST) continue;
    if (member.document === undefined) read += 1;
    // One that is gone meanwhile is over.
    const document = member.document ?? (await client.find(work, member.path))?.body;
    if (document !== undefined) found.push({ path: member.path, document });
  }
  return found;
}

function dellJob({ path, document }: Member): Job[] {
  const [type, state] = [textAt(document, "JobType") ?? "", textAt(document, "JobState") ?? ""];
  if (type !== "BIOSConfiguration" || JOB_OVER.includes(state)) return [];
  const words = `job ${idOf(path)} (${type}, ${state})`;
  return [{ path, scheduled: JOB_WAITS.includes(state), ofQueue: true, words }];
}

function taskOn({ path, document }: Member, settings: string): Job[] {
  const state = textAt(document, "TaskState") ?? "";
  const name = textAt(document, "Name") ?? "";
  if (TASK_OVER.includes(state) || !isOnBios(document, name, settings)) return [];
  return [
    { path, scheduled: TASK_WAITS.includes(state), ofQueue: false, words: `task ${idOf(path)} (${name}, ${state})` },
  ];
}

/** By the request that the task came from, or where a BMC does not say, by its name. */
function isOnBios(document: unknown, name: string, settings: string): boolean {
  const target = textAt(document, "Payload", "TargetUri");
  if (target !== undefined) return samePath(target, settings);
  return /bios/i.test(name) && /config|setting/i.test(name);
}
