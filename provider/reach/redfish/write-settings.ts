import type { AttributeRegistry, Attributes } from "../../../core/bios/bios-reading";
import type { BiosPlace } from "./bios-place";
import { type BiosState, isEmpty, isTrouble, lookAt, missingOf, ON_RESET, type Target } from "./bios-state";
import type { BmcClient } from "./client";
import type { Answer } from "./exchange";
import { attributesIn } from "./messages";
import { isOk, refusal } from "./refusal";
import { AnswerLost } from "./requests";
import { backoff } from "./retry";
import type { Work } from "./work";

/** Bios of a system that is being written. */
export interface Writing {
  readonly client: BmcClient;
  readonly work: Work;
  readonly place: BiosPlace;
  /** As it was last read, where it was: it tells what is pending from what cannot be written. */
  readonly registry: AttributeRegistry | undefined;
}

/** What came of a PATCH. */
export type Written =
  /** With the answer, where it came. */
  | { readonly as: "taken"; readonly answer: Answer | undefined }
  /** Refused for a reason that no attribute is at: something holds the settings. */
  | { readonly as: "held"; readonly answer: Answer };

export async function look({ client, work, place }: Writing): Promise<BiosState> {
  const state = await lookAt(client, work, place.bios);
  if (state) return state;
  throw work.fail("refused", `the BIOS settings at ${place.bios} are not there any more; reset the BMC`);
}

/**
 * PATCHes settings: with the ETag that was read; where the answer is lost, reads back what has become of it before it sends
 * them again.
 * @throws RedfishError where the BMC refuses an attribute, or cannot be spoken with
 */
export async function patch(writing: Writing, first: BiosState, attributes: Attributes): Promise<Written> {
  const { client, work } = writing;
  let state = first;
  let stale = false;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await sendPatch(writing, state.settings ?? state.bios, attributes);
    const isLost = outcome instanceof AnswerLost || isDoubtful(outcome);
    if (!isLost && outcome.status === 412 && !stale) {
      stale = true;
      state = await look(writing);
      continue;
    }
    if (!isLost && isOk(outcome)) {
      refuseLeftOut(work, outcome, attributes);
      return { as: "taken", answer: outcome };
    }
    if (!isLost) return held(work, outcome, attributes);
    const why = outcome instanceof AnswerLost ? outcome : refusal(work, "the write of the settings", outcome);
    if (attempt >= client.limits.tries) throw why;
    await work.pause("the answer to the settings was lost", backoff(attempt, client.limits));
    state = await look(writing);
    if (isEmpty(missingOf(state, attributes))) return { as: "taken", answer: undefined };
  }
}

async function sendPatch({ client, work }: Writing, target: Target, attributes: Attributes) {
  const send = (etag: string | undefined) =>
    client.send(work, {
      method: "PATCH",
      path: target.path,
      headers: etag === undefined ? {} : { "if-match": etag },
      body: {
        Attributes: attributes,
        ...(target.takesOnReset ? { "@Redfish.SettingsApplyTime": { ApplyTime: ON_RESET } } : {}),
      },
    });
  try {
    const answer = await send(target.etag);
    // Asks for an ETag and gave none.
    return answer.status === 428 && target.etag === undefined ? await send("*") : answer;
  } catch (error) {
    if (error instanceof AnswerLost) return error;
    throw error;
  }
}

/** Whether an answer leaves open what was done: a gateway that gave up, an error whose words broke off. */
function isDoubtful({ status, cut }: Answer): boolean {
  return status === 502 || status === 504 || (cut && status >= 300);
}

/** An attribute that the BMC names is at fault itself; else something holds all of them. */
function held(work: Work, answer: Answer, attributes: Attributes): Written {
  const names = new Set(Object.keys(attributes));
  const isOwnFault = answer.messages.some((message) => attributesIn(message, names).length > 0);
  if (isOwnFault || answer.status >= 500) throw refusal(work, "the write of the settings", answer, names);
  return { as: "held", answer };
}

/** DSP0266, "PATCH": a service may leave single properties out and still answer with success, saying so beside it. */
function refuseLeftOut(work: Work, answer: Answer, attributes: Attributes): void {
  const names = new Set(Object.keys(attributes));
  const messages = answer.messages.filter(
    (message) => isTrouble(message) && attributesIn(message, names).some((name) => names.has(name)),
  );
  if (messages.length > 0) throw refusal(work, "the write of a part of the settings", { ...answer, messages }, names);
}
