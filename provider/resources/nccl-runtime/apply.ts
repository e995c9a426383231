import { APPLY_SCRIPT } from "../../../core/nccl-runtime/apply-script";
import { formatPlan, planRuntime } from "../../../core/nccl-runtime/plan";
import type { Change, ResourceContext } from "../../protocol/definition";
import type { NcclRuntimeInputs, NcclRuntimeOutputs } from "./shapes";

/** Writing six small files; a slow disk may take its time to sync them. */
const APPLY_MS = 120_000;
/** Seconds that it takes; only shown. */
const EXPECTED_S = 2;

/**
 * Sets what the changes cover, in one round trip, as a whole or not at all.
 * @throws Error that says what failed, and whether nothing was changed
 */
export async function applyNcclRuntime(
  { machine, signal, phase }: ResourceContext,
  target: NcclRuntimeInputs,
  observed: NcclRuntimeOutputs | undefined,
  changes: readonly Change[],
): Promise<void> {
  const { reach } = machine;
  const plan = planRuntime({ ...target, environment: target.environment ?? {} }, observed?.environment ?? {}, changes);
  const input = formatPlan(plan, Buffer.byteLength(plan.content));
  const name = "set the NCCL runtime";
  const { exitCode, stderr } = await phase("writing NCCL's files", EXPECTED_S, () =>
    reach.run(APPLY_SCRIPT, { signal, timeoutMs: APPLY_MS, name, input }),
  );
  if (exitCode === 0) return;
  const why = stderr.trim().split("\n").join("; ") || `the script ended with ${exitCode}`;
  throw new Error(`${reach.machine}: ${name}: ${why}`);
}
