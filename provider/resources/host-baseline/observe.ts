import { BASELINE_SCRIPT } from "../../../core/baseline/baseline-script";
import type { BaselineReading } from "../../../core/baseline/model";
import { readBaseline } from "../../../core/baseline/read-baseline";
import type { ResourceContext } from "../../protocol/definition";

const TIMEOUT_MS = 60_000;

/** Reads the host in one round trip, shared with whoever asks at the same moment. */
export function lookAtHost({ machine, signal }: ResourceContext): Promise<BaselineReading> {
  return machine.facts("baseline", async () => {
    const { reach } = machine;
    const name = "read what the host is";
    const { exitCode, stdout, stderr } = await reach.run(BASELINE_SCRIPT, { signal, timeoutMs: TIMEOUT_MS, name });
    if (exitCode !== 0) throw new Error(`${reach.machine}: ${name}: ${stderr.trim()}`);
    return readBaseline(stdout.toString(), reach.machine);
  });
}
