import type { Attributes } from "../../../core/bios/bios-reading";
import { type BiosState, isEmpty, missingOf } from "./bios-state";
import { ensureJob, waitingIn } from "./ensure-job";
import { rewriteHeld } from "./rewrite-held";
import { followTask } from "./task-monitor";
import { look, patch, type Writing } from "./write-settings";

/** Writes settings for the next boot, so that what was pending before stays pending, and the boot applies all of it. */
export async function writeAt(writing: Writing, attributes: Attributes): Promise<void> {
  const before = await look(writing);
  await writeFrom(writing, before, attributes);
  const lost = await lostOf(writing, before, attributes);
  // A BMC that replaces what is pending with what it gets.
  if (!isEmpty(lost)) await writeFrom(writing, await look(writing), { ...lost, ...attributes });
}

async function writeFrom(writing: Writing, before: BiosState, attributes: Attributes): Promise<void> {
  const written = await patch(writing, before, attributes);
  if (written.as === "held") return rewriteHeld(writing, attributes, written.answer);
  if (written.answer?.status === 202) await followTask(writing.client, writing.work, written.answer);
  await ensureJob(writing);
}

/** What others had pending and is not any more. */
async function lostOf(writing: Writing, before: BiosState, attributes: Attributes): Promise<Attributes> {
  const others = Object.entries(waitingIn(writing, before)).filter(([name]) => !Object.hasOwn(attributes, name));
  if (others.length === 0) return {};
  return missingOf(await look(writing), Object.fromEntries(others));
}
