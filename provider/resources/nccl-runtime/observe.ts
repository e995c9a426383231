import { createHash } from "node:crypto";
import { checkRuntime } from "../../../core/nccl-runtime/check";
import { DEFAULT_TOPOLOGY_FILE } from "../../../core/nccl-runtime/files";
import { observeScript } from "../../../core/nccl-runtime/observe-script";
import { parseRuntime, type RuntimeReading } from "../../../core/nccl-runtime/reading";
import { DERIVED_VARIABLES } from "../../../core/nccl-runtime/resolve";
import { Refusal } from "../../../core/problems";
import { shellWord } from "../../../core/shell-word";
import type { ResourceContext } from "../../protocol/definition";
import { ReachError } from "../../reach/reach";
import { type NcclRuntimeInputs, type NcclRuntimeOutputs, ncclRuntimeInputs } from "./shapes";

/** Reading small files and sysfs takes a guest less than a second. */
const LOOK_MS = 60_000;
const LOOK_TASK = "read the NCCL runtime";
/** The one key: a guest has one NCCL runtime. */
export const KEY = "runtime";

/** What `observe` gives: the rest of the outputs are inputs that say how to work. */
type Observed = Omit<NcclRuntimeOutputs, "profile" | "rails" | "visibleGpus" | "socketInterface" | "defer" | "after">;

/**
 * What NCCL finds on the guest, in one round trip. Variables are those that are wanted or known, and those that the guest's
 * devices decide; others are somebody else's. An import reads all of NCCL's own file.
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
    reading = parseRuntime(stdout.toString(), { topologyFile, sum: sumOf(inputs?.topology) });
  } catch (cause) {
    throw failed((cause as Error).message, cause);
  }
  const isImport = inputs === undefined && known === undefined;
  const read = isImport ? [...names, ...reading.ncclVariables].filter((name) => canBeSaid(name, reading)) : names;
  // The layer adds the fields that say how to work.
  return outputsOf(reading, topologyFile, new Set(read)) as NcclRuntimeOutputs;
}

/** As sha256sum prints it. What is not known yet has none. */
const sumOf = (text: unknown): string | undefined =>
  typeof text === "string" ? createHash("sha256").update(text).digest("hex") : undefined;

/** What a program cannot say, such as a value with blanks, an import is to leave alone. */
function canBeSaid(name: string, { variable }: RuntimeReading): boolean {
  const environment = { [name]: variable(name) ?? "-" };
  const { success } = ncclRuntimeInputs.shape.environment.safeParse(environment);
  return success && (variable(name) === undefined || checkRuntime({ environment }).length === 0);
}

function outputsOf(reading: RuntimeReading, topologyFile: string, names: ReadonlySet<string>): Observed {
  const { topology, variable, ncclVariables: _, defaultRoute, ...facts } = reading;
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
