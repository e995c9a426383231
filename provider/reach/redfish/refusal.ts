import type { Answer } from "./exchange";
import { wordsOf } from "./messages";
import type { RedfishError } from "./redfish-error";
import type { Work } from "./work";

/** The error for an answer that is not the hoped-for one, in the BMC's own words. */
export function refusal(work: Work, what: string, answer: Answer, names?: ReadonlySet<string>): RedfishError {
  const words = wordsOf(answer.messages, names);
  const said = words ? `: ${words}` : "";
  const advice = answer.status >= 500 ? "; try again later, or reset the BMC where it stays so" : "";
  return work.fail("refused", `${what} was answered with HTTP ${answer.status}${said}${advice}`);
}

export const isOk = ({ status }: Answer): boolean => status >= 200 && status < 300;
