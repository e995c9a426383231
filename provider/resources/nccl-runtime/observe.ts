import { DEFAULT_TOPOLOGY_FILE } from "../../../core/nccl-runtime/files";
import { observeScript } from "../../../core/nccl-runtime/observe-script";
import { parseRuntime, type RuntimeReading } from "../../../core/nccl-runtime/reading";
import { DERIVED_VARIABLES } from "../../../core/nccl-runtime/resolve";
import { Refusal } from "../../../core/problems";
import { shellWord } from "../../../core/shell-word";
import type { ResourceContext } from "../../protocol/definition";
import { ReachError } from "../../reach/reach";
import type { NcclRuntimeInputs, NcclRuntimeOutputs } from "./shapes";

/** Reading small files and sysfs takes a guest less than a second. */
const LOOK_MS = 60_000;
const LOOK_TASK = "read the NCCL runtime";
/** The one key: a guest has one NCCL runtime. */
export const KEY = "runtime";

/** What `observe` gives: the rest of the outputs are inputs that say how to work. */
type Observed = Omit<NcclRuntimeOutputs, "profile" | "rails" | "visibleGpus" | "socketInterface" | "after">;

/**
 * What NCCL finds on the guest, in one round trip. Variables are those that are wanted or known, and those that the guest's
 * devices decide; others are somebody else's.
 * @throws ReachError where the guest gives no answer that is understood
 */
export async function observeNcclRuntime(
  { machine, signal }: ResourceContext,
  key: string,
  inputs?: NcclRuntimeInputs,
  known?: NcclRuntimeOutputs,
): Promise<NcclRuntimeOutputs> {
  if (key !== KEY)
    throw new Refusal([{ path: "", message: `"${key}" is none; a guest has one NCCL runtime: "${KEY}"` }]);
  const topologyFile = inputs?.topologyFile ?? known?.topologyFile ?? DEFAULT_TOPOLOGY_FILE;
  const names = [
    ...DERIVED_VARIABLES,
    ...Object.keys(inputs?.environment ?? {}),
    ...Object.keys(known?.environment ?? {}),
  ];
  const { reach } = machine;
  const options = { signal, timeoutMs: LOOK_MS, name: LOOK_TASK };
  const { exitCode, stdout, stderr } = await reach.run(observeScript(shellWord(topologyFile)), options);
  const failed = (why: string, cause?: unknown) => new ReachError(reach.machine, LOOK_TASK, "refused", why, { cause });
  if (exitCode !== 0) throw failed(stderr.trim() || `the script ended with ${exitCode}`);
  let reading: RuntimeReading;
  try {
    reading = parseRuntime(stdout.toString());
  } catch (cause) {
    throw failed((cause as Error).message, cause);
  }
  // The layer adds the fields that say how to work.
  return outputsOf(reading, topologyFile, new Set(names)) as NcclRuntimeOutputs;
}

function outputsOf(reading: RuntimeReading, topologyFile: string, names: ReadonlySet<string>): Observed {
  const { topology, variable, defaultRoute, ...facts } = reading;
  const environment = [...names].flatMap((name): [string, string][] => {
    const value = variable(name);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...facts,
    topologyFile,
    environment: Object.fromEntries(environment),
    ...(topology === undefined ? {} : { topology }),
    ...(defaultRoute === undefined ? {} : { defaultRoute }),
  };
}
