import type { Answer, Request } from "./exchange";
import { ExchangeFailure } from "./exchange-failure";
import type { Limits } from "./limits";
import { hasKey, saysNoSessionFree } from "./messages";

/** A reason to send a request again, and how long to wait before. */
export interface Again {
  readonly why: string;
  readonly waitMs: number;
}

/** Keys of DMTF's Base registry by which a BMC says that it is busy, whatever the status. */
const BUSY = ["ServiceTemporarilyUnavailable", "ServiceInUnknownState", "ServiceShuttingDown"];

/** Whether and when a request with that outcome is to be sent again. `attempt` counts from 1. */
export function again(
  request: Request,
  outcome: Answer | ExchangeFailure,
  attempt: number,
  known: boolean,
  limits: Limits,
): Again | undefined {
  if (attempt >= limits.tries) return undefined;
  const waitMs = backoff(attempt, limits);
  if (outcome instanceof ExchangeFailure) {
    if (!mayRepeat(request, outcome, known)) return undefined;
    if (outcome.kind !== "connect" && attempt >= triesOf(request, limits)) return undefined;
    return { why: outcome.message, waitMs };
  }
  const busy = isBusy(outcome);
  if (!busy && attempt >= triesOf(request, limits)) return undefined;
  const why = busy ? `the BMC is busy (HTTP ${outcome.status})` : failedWords(request, outcome);
  if (why === undefined) return undefined;
  const asked = retryAfterMs(outcome.headers["retry-after"], Date.now());
  return { why, waitMs: asked === undefined ? waitMs : Math.min(Math.max(asked, 0), limits.longestRetryAfterMs) };
}

/** Whether doing it twice is as good as once. */
export const isRepeatable = ({ method, repeatable = false }: Request): boolean =>
  repeatable || method === "GET" || method === "DELETE";

function mayRepeat(request: Request, { kind }: ExchangeFailure, known: boolean): boolean {
  if (kind === "certificate") return false;
  // A BMC that never answered is more likely away than busy: nobody shall wait for it.
  if (kind === "connect") return known;
  return isRepeatable(request);
}

const triesOf = ({ tries }: Request, limits: Limits): number => Math.min(tries ?? limits.tries, limits.tries);

/** Whether a BMC says that it does nothing now. A session that others hold is not free in a moment: there is another way in. */
export function isBusy({ status, messages }: Answer): boolean {
  if (status < 400 || saysNoSessionFree(messages)) return false;
  return status === 429 || status === 503 || messages.some((message) => hasKey(message, ...BUSY));
}

function failedWords(request: Request, { status, messages }: Answer): string | undefined {
  if (saysNoSessionFree(messages) || !isRepeatable(request)) return undefined;
  // 500 after a write may mean that the write itself is at fault.
  const passes = request.method === "DELETE" ? [502, 504] : [500, 502, 504];
  return passes.includes(status) ? `the BMC failed (HTTP ${status})` : undefined;
}

/** Doubles with each try; the half of it is by chance, so that a hundred clients do not come back at one moment. */
export function backoff(attempt: number, { backoffMs, longestBackoffMs }: Limits): number {
  const full = Math.min(backoffMs * 2 ** (attempt - 1), longestBackoffMs);
  return full / 2 + (Math.random() * full) / 2;
}

/** Milliseconds of a Retry-After: seconds or an HTTP date (RFC 9110, 10.2.3); undefined where it is neither. */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
