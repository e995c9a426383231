import type { AttributeRegistry, Attributes } from "../../../core/bios/bios-reading";
import { type BiosState, isEmpty } from "./bios-state";
import { jobQueue } from "./jobs";
import { pendingOf } from "./pending";
import { isOk, refusal } from "./refusal";
import { AnswerLost } from "./requests";
import { backoff } from "./retry";
import { look, type Writing } from "./write-settings";

/**
 * Sees to it that a job applies what is pending, at a BMC that has a queue for that. There, settings without a job wait for
 * ever.
 */
export async function ensureJob(writing: Writing): Promise<void> {
  const { client, work, place } = writing;
  for (let attempt = 1; ; attempt += 1) {
    const queue = await jobQueue(client, work, place);
    if (!queue || queue.jobs.length > 0) return;
    const state = await look(writing);
    const { settings } = state;
    // Settings written back to what is in force leave nothing to do.
    if (!settings || isEmpty(waitingIn(writing, state))) return;
    const request = { method: "POST", path: queue.path, body: { TargetSettingsURI: settings.path } } as const;
    const answer = await client.send(work, request).catch((error: unknown) => {
      if (error instanceof AnswerLost && attempt < client.limits.tries) return undefined;
      throw error;
    });
    if (answer && isOk(answer)) return;
    if (answer) throw refusal(work, "the settings are written, but the job that is to apply them", answer);
    await work.pause("the answer to the new job was lost", backoff(attempt, client.limits));
  }
}

/** Settings that wait for the boot. */
export function waitingIn({ registry }: Writing, state: BiosState): Attributes {
  const { bios, settings } = state;
  return settings ? pendingOf(bios.listed, settings.listed, forState(state, registry)) : {};
}

/** A registry that is that of the settings now: another BIOS has another one. */
const forState = ({ registry: id }: BiosState, registry: AttributeRegistry | undefined) =>
  registry?.id === id ? registry : undefined;
