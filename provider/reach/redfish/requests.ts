import type { ReachPhase } from "../reach";
import { Slots } from "../ssh/slots";
import type { Answer, Exchange, Request } from "./exchange";
import { ExchangeFailure, type FailureKind } from "./exchange-failure";
import { RedfishError } from "./redfish-error";
import { again, isRepeatable } from "./retry";
import type { Work } from "./work";

/** A write whose answer did not come: whether the BMC has obeyed is to be looked up. */
export class AnswerLost extends RedfishError {}

const PHASES: Readonly<Record<FailureKind, ReachPhase>> = {
  connect: "connect",
  certificate: "authenticate",
  lost: "lost",
  timeout: "timeout",
};

/** Requests that are sent again where that is safe and may help. */
export class Requests {
  /** Whether the BMC has ever answered: then it is there, and what fails may pass. */
  private known = false;
  /** One at a time, so that what one answer tells (that the password is wrong) holds for all that wait. */
  private readonly turn = new Slots(1);

  constructor(private readonly exchange: Exchange) {}

  /**
   * The last answer, of whatever status. `check` throws where the request is not to be sent (any more).
   * @throws AnswerLost for a POST or PATCH that the BMC may have obeyed
   * @throws RedfishError where there is no answer
   */
  async send(work: Work, request: Request, check: () => void = () => undefined): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.once(work, request, check);
      const next = again(request, outcome, attempt, this.known, work.limits);
      if (next) {
        await work.pause(next.why, next.waitMs);
        continue;
      }
      if (outcome instanceof ExchangeFailure) throw failure(work, request, outcome);
      return outcome;
    }
  }

  private async once(work: Work, request: Request, check: () => void): Promise<Answer | ExchangeFailure> {
    if (work.signal.aborted) throw work.ended();
    const free = await this.turn.take(work.signal).catch(() => {
      throw work.ended();
    });
    try {
      check();
      const answer = await this.exchange.send(request, work.signal);
      this.known = true;
      return answer;
    } catch (error) {
      if (work.signal.aborted) throw work.ended();
      if (error instanceof ExchangeFailure) return error;
      throw error;
    } finally {
      free();
    }
  }
}

function failure(work: Work, request: Request, { kind, message, cause }: ExchangeFailure): RedfishError {
  const options = cause === undefined ? undefined : { cause };
  if (kind === "certificate") return work.fail("authenticate", message);
  if (kind === "connect") {
    const advice = "check bmc.address, and that the BMC has power and its network cable";
    return work.fail("connect", `the BMC was not reached: ${message}; ${advice}`, options);
  }
  const phase = PHASES[kind];
  if (isRepeatable(request)) return work.fail(phase, `the BMC was lost: ${message}; try again later`, options);
  const reason = `the BMC was lost in the middle of a write: ${message}; whether it was done is not known`;
  const { machine, task, reason: hidden } = work.fail(phase, reason);
  return new AnswerLost(machine, task, phase, hidden, options);
}
