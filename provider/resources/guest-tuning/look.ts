import { observeScript, type TuningQuestion } from "../../../core/guest/observe-script";
import { type GuestReading, parseReading } from "../../../core/guest/reading";
import type { ResourceContext } from "../../protocol/definition";
import { ReachError } from "../../reach/reach";

/** nvidia-smi takes seconds where no driver is held open, for each GPU. */
const LOOK_MS = 120_000;
const TASK = "read how the system is tuned";

/**
 * The system in one round trip, shared with whoever asks the same at the same moment.
 * @throws ReachError where it gives no answer that is understood
 */
export function lookAtSystem(
  { machine, signal }: Pick<ResourceContext, "machine" | "signal">,
  question: TuningQuestion,
): Promise<GuestReading> {
  return machine.facts(`guest-tuning ${JSON.stringify(question)}`, async () => {
    const { reach } = machine;
    const failed = (why: string, cause?: unknown) => new ReachError(reach.machine, TASK, "refused", why, { cause });
    const options = { signal, timeoutMs: LOOK_MS, name: TASK };
    const { exitCode, stdout, stderr } = await reach.run(observeScript(question), options);
    if (exitCode !== 0) throw failed(`the script ended with ${exitCode}: ${stderr.trim()}`);
    try {
      return parseReading(stdout.toString());
    } catch (cause) {
      throw failed((cause as Error).message, cause);
    }
  });
}
