import { isPlainObject } from "../diff/plain";
import { compareTopologyFile } from "../nccl/compare-file";
import { unknownVariables } from "../nccl/environment";
import { joinPath, type Problem } from "../problems";
import { fileOf } from "./files";
import { gidIndexProblem } from "./gid-index";
import { interfaceProblems, interfaceWarnings } from "./judge-interfaces";
import { railProblems, railWarnings } from "./judge-rails";
import { portsInUse } from "./ports";
import type { RdmaDevice } from "./rdma-device";
import type { RuntimeFacts, WantedRuntime } from "./runtime-shape";
import { standingVariables } from "./standing";

export interface RuntimeJudgement {
  readonly refusals: Problem[];
  readonly warnings: string[];
}

/** Holds what is wanted, as `resolveRuntime` gives it, against the guest. What is unknown is not judged. */
export function judgeRuntime(facts: RuntimeFacts, wanted: WantedRuntime): RuntimeJudgement {
  const environment = knownTexts(wanted.environment);
  const standing = standingVariables(facts, wanted);
  const variable = (name: string) => {
    const value = environment[name];
    return { value, stands: value !== undefined && standing[name] === value };
  };
  const [hca, socket] = [variable("NCCL_IB_HCA"), variable("NCCL_SOCKET_IFNAME")];
  const inUse = portsInUse(facts.rdmaDevices, hca.value);
  return {
    refusals: [
      ...topologyProblems(facts, wanted),
      ...railProblems(facts, wanted, hca),
      ...gpuProblems(facts, wanted.visibleGpus),
      ...interfaceProblems(facts, wanted, socket),
      // Of devices that are still to come, nothing is known.
      ...(hca.stands && inUse.length === 0 ? [] : gidProblems(inUse, environment.NCCL_IB_GID_INDEX)),
      ...textProblems(facts, environment),
    ],
    warnings: [
      ...topologyWarnings(facts, wanted, environment),
      ...railWarnings(facts, wanted, hca),
      ...(environment.NCCL_IB_DISABLE === "1" ? [] : inUse.flatMap(portWarnings)),
      ...interfaceWarnings(facts, wanted, socket),
      ...nameWarnings(facts, environment),
    ],
  };
}

/** Entries whose values are known. */
function knownTexts(environment: unknown): Record<string, string> {
  const entries = Object.entries(isPlainObject(environment) ? environment : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function topologyProblems({ functions, init }: RuntimeFacts, { topology, persistent }: WantedRuntime): Problem[] {
  if (topology === undefined) return [];
  const problems = typeof topology === "string" ? compareTopologyFile(topology, functions) : [];
  const refusals = problems.map(({ message }) => ({ path: "topology", message }));
  if (persistent !== true || init === "systemd") return refusals;
  const message =
    "must be false here: systemd is not what runs this guest, and its tmpfiles make the topology file at boot; have something of your own copy it";
  return [...refusals, { path: "persistent", message }];
}

function gpuProblems({ gpuAddresses }: RuntimeFacts, visible: unknown): Problem[] {
  if (typeof visible !== "number" || visible <= gpuAddresses.length) return [];
  const message = `is more than the ${gpuAddresses.length} NVIDIA GPUs of this guest; lower it, or take "all"`;
  return [{ path: "visibleGpus", message }];
}

function gidProblems(inUse: readonly RdmaDevice[], value: string | undefined): Problem[] {
  // -1 lets NCCL choose.
  if (value === undefined || !/^\d+$/.test(value)) return [];
  const path = joinPath("environment", "NCCL_IB_GID_INDEX");
  if (inUse.length === 0) return [{ path, message: "cannot be verified: no RDMA device is in use; leave it out" }];
  const message = gidIndexProblem(Number(value), inUse);
  return message === undefined ? [] : [{ path, message }];
}

/** What is written over is put back later, as text: bytes that are none would not come back. */
function textProblems({ environment: found = {} }: RuntimeFacts, wanted: Readonly<Record<string, string>>): Problem[] {
  return Object.keys(wanted).flatMap((name): Problem[] => {
    if (!found[name]?.includes("\ufffd") || found[name] === wanted[name]) return [];
    const message = `what ${fileOf(name)} has is no text in UTF-8, and could not be put back: take that line out`;
    return [{ path: joinPath("environment", name), message }];
  });
}

function topologyWarnings(
  { topologyDaemon }: RuntimeFacts,
  { topology, topologyFile }: WantedRuntime,
  { NCCL_TOPO_FILE }: Readonly<Record<string, string>>,
): string[] {
  if (topology === undefined) return [];
  const file = NCCL_TOPO_FILE ?? topologyFile;
  return [
    ...(topologyDaemon
      ? ["nvidia-topologyd runs on this guest or starts at boot, and writes the topology file too: disable it"]
      : []),
    ...(file === topologyFile ? [] : [`NCCL_TOPO_FILE is ${NCCL_TOPO_FILE}: NCCL will not read ${topologyFile}`]),
  ];
}

function portWarnings({ name, port, state, linkLayer, pkeys = [], subnetManager }: RdmaDevice): string[] {
  const which = `port ${port} of ${name}`;
  const problems = [
    ...(state === "ACTIVE" ? [] : [`is ${state || "in no known state"}, not ACTIVE: check its cable and switch`]),
    ...(linkLayer === "infiniband" && subnetManager === false
      ? ["has no subnet manager: start one in the fabric"]
      : []),
    ...(linkLayer === "infiniband" && pkeys.length === 0
      ? ["has no partition key: let the subnet manager give it one"]
      : []),
  ];
  return problems.map((problem) => `${which} ${problem}`);
}

function nameWarnings({ overriding }: RuntimeFacts, environment: Readonly<Record<string, string>>): string[] {
  const outvoted = Object.keys(environment).filter((name) => overriding.includes(name));
  return [
    ...outvoted.map(
      (name) => `${name} is in /etc/environment too, which comes before /etc/nccl.conf: take it out there`,
    ),
    ...unknownVariables(environment).map(({ name, nearest }) => `NCCL knows no ${name}; ${nearest} may be meant`),
  ];
}
