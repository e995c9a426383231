import { isPlainObject } from "../diff/plain";
import { compareTopologyFile } from "../nccl/compare-file";
import { unknownVariables } from "../nccl/environment";
import { joinPath, type Problem } from "../problems";
import { gidIndexProblem } from "./gid-index";
import { devicesInUse, parseHcaFilter } from "./hca-filter";
import type { RdmaDevice } from "./rdma-device";
import type { RuntimeFacts, WantedRuntime } from "./runtime-shape";

export interface RuntimeJudgement {
  readonly refusals: Problem[];
  readonly warnings: string[];
}

/** Holds what is wanted, as `resolveRuntime` gives it, against the guest. What is unknown is not judged. */
export function judgeRuntime(facts: RuntimeFacts, wanted: WantedRuntime): RuntimeJudgement {
  const environment = knownTexts(wanted.environment);
  const inUse = devicesInUse(facts.rdmaDevices, environment.NCCL_IB_HCA);
  return {
    refusals: [
      ...topologyProblems(facts, wanted),
      ...railProblems(facts, wanted.rails),
      ...gpuProblems(facts, wanted.visibleGpus),
      ...interfaceProblems(facts, wanted.socketInterface, environment.NCCL_SOCKET_IFNAME),
      ...hcaProblems(facts, environment.NCCL_IB_HCA),
      ...gidProblems(inUse, environment.NCCL_IB_GID_INDEX),
    ],
    warnings: [
      ...topologyWarnings(facts, wanted, environment),
      ...(environment.NCCL_IB_DISABLE === "1" ? [] : inUse.flatMap(portWarnings)),
      ...routeWarnings(facts, wanted.socketInterface, environment.NCCL_SOCKET_IFNAME),
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

function railProblems({ rdmaDevices, functions }: RuntimeFacts, rails: unknown): Problem[] {
  return (Array.isArray(rails) ? rails : []).flatMap((address, index): Problem[] => {
    if (typeof address !== "string" || rdmaDevices.some((device) => device.address === address)) return [];
    const there = rdmaDevices.flatMap((device) => (device.address ? [`${device.address} (${device.name})`] : []));
    const why = Object.hasOwn(functions, address)
      ? "has no RDMA device: load its driver (mlx5_ib for ConnectX)"
      : "is no PCI function of this guest: give addresses as the guest has them, such as planGuest's rails";
    const message = `${address} ${why}. RDMA devices are at ${there.join(", ") || "no address"}`;
    return [{ path: joinPath("rails", index), message }];
  });
}

function gpuProblems({ gpuAddresses }: RuntimeFacts, visible: unknown): Problem[] {
  if (typeof visible !== "number" || visible <= gpuAddresses.length) return [];
  const message = `is more than the ${gpuAddresses.length} NVIDIA GPUs of this guest; lower it, or take "all"`;
  return [{ path: "visibleGpus", message }];
}

function interfaceProblems(
  { networkInterfaces }: RuntimeFacts,
  wanted: unknown,
  variable: string | undefined,
): Problem[] {
  const there = `the guest has ${networkInterfaces.filter((name) => name !== "lo").join(", ") || "none"}`;
  const isNamed = typeof wanted === "string" && wanted !== "defaultRoute" && wanted !== "none";
  if (isNamed && !networkInterfaces.includes(wanted)) {
    return [{ path: "socketInterface", message: `there is no network interface ${wanted}; ${there}` }];
  }
  const missing = /^=/.test(variable ?? "")
    ? (variable ?? "")
        .slice(1)
        .split(",")
        .filter((name) => !networkInterfaces.includes(name))
    : [];
  if (missing.length === 0) return [];
  const message = `there is no network interface ${missing.join(", ")}; ${there}`;
  return [{ path: joinPath("environment", "NCCL_SOCKET_IFNAME"), message }];
}

function hcaProblems({ rdmaDevices }: RuntimeFacts, value: string | undefined): Problem[] {
  const { exact, excludes, items } = parseHcaFilter(value ?? "^");
  if (!exact || excludes) return [];
  const missing = items.filter(({ name }) => !rdmaDevices.some((device) => device.name === name));
  if (missing.length === 0) return [];
  const there = rdmaDevices.map(({ name }) => name).join(", ") || "none";
  const message = `there is no RDMA device ${missing.map(({ name }) => name).join(", ")}; the guest has ${there}`;
  return [{ path: joinPath("environment", "NCCL_IB_HCA"), message }];
}

function gidProblems(inUse: readonly RdmaDevice[], value: string | undefined): Problem[] {
  // -1 lets NCCL choose.
  if (value === undefined || !/^\d+$/.test(value)) return [];
  const path = joinPath("environment", "NCCL_IB_GID_INDEX");
  if (inUse.length === 0) return [{ path, message: "cannot be verified: no RDMA device is in use; leave it out" }];
  const message = gidIndexProblem(Number(value), inUse);
  return message === undefined ? [] : [{ path, message }];
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

function routeWarnings({ defaultRoute }: RuntimeFacts, wanted: unknown, variable: string | undefined): string[] {
  if (wanted !== "defaultRoute" || variable !== undefined || defaultRoute !== undefined) return [];
  return ["the guest has no default route: NCCL_SOCKET_IFNAME is left unset; name an interface in socketInterface"];
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
