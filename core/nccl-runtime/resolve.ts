import { isPlainObject, type PlainObject } from "../diff/plain";
import { hasUnknown, Unknown } from "../diff/unknown";
import { hcaList, visibleDevices } from "../nccl/environment";
import { DEFAULT_TOPOLOGY_FILE } from "./files";
import { railPort } from "./ports";
import type { RuntimeFacts, WantedRuntime } from "./runtime-shape";
import { standingVariables } from "./standing";

/** Variables that the guest decides, where environment does not say them. */
export const DERIVED_VARIABLES = ["NCCL_IB_HCA", "NCCL_SOCKET_IFNAME", "NCCL_TOPO_FILE", "CUDA_VISIBLE_DEVICES"];

/**
 * The inputs as this guest takes them: with the variables that its devices decide. What is asked for and not there is
 * left out here, and refused by `judgeRuntime`; what is not there at the moment leaves the variable as it is. Without a topology nothing is to be made at boot.
 */
export function resolveRuntime<Wanted extends WantedRuntime>(facts: RuntimeFacts, wanted: Wanted): Wanted {
  const resolved = { ...wanted, persistent: wanted.topology === undefined ? false : wanted.persistent };
  if (!isPlainObject(wanted.environment)) return resolved;
  const environment: PlainObject = { ...wanted.environment };
  for (const [name, value] of Object.entries(derived(facts, wanted))) {
    if (value !== undefined && environment[name] === undefined) environment[name] = value;
  }
  return { ...resolved, environment };
}

/** A value that is not known yet stands for a variable that is not. */
function derived(facts: RuntimeFacts, wanted: WantedRuntime): PlainObject {
  const { rails, socketInterface, topology, topologyFile, visibleGpus } = wanted;
  const standing = standingVariables(facts, wanted);
  const when = (input: unknown, value: () => string | undefined) =>
    hasUnknown(input) ? new Unknown("string") : value();
  return {
    NCCL_IB_HCA: when(rails, () => railDevices(facts, rails) ?? standing.NCCL_IB_HCA),
    NCCL_SOCKET_IFNAME: when(socketInterface, () => {
      const name = socketInterface === "defaultRoute" ? facts.defaultRoute : socketInterface;
      return typeof name === "string" && name !== "none" ? `=${name}` : standing.NCCL_SOCKET_IFNAME;
    }),
    NCCL_TOPO_FILE: when(topologyFile, () =>
      topology !== undefined && typeof topologyFile === "string" && mustBeNamed(facts, topologyFile)
        ? topologyFile
        : undefined,
    ),
    CUDA_VISIBLE_DEVICES: when(visibleGpus, () => {
      const count = visibleGpus === "all" ? facts.gpuAddresses.length : visibleGpus;
      return typeof count === "number" && count > 0 ? visibleDevices(count) : undefined;
    }),
  };
}

/** NCCL finds a file at its own place by itself, unless somebody has named another one. */
function mustBeNamed({ environment, overriding }: RuntimeFacts, topologyFile: string): boolean {
  const isNamed = environment?.NCCL_TOPO_FILE !== undefined || overriding.includes("NCCL_TOPO_FILE");
  return isNamed || topologyFile !== DEFAULT_TOPOLOGY_FILE;
}

/** RDMA devices with their ports, in rail order; undefined where a rail has none. */
function railDevices({ rdmaDevices }: RuntimeFacts, rails: unknown): string | undefined {
  if (!Array.isArray(rails) || rails.length === 0) return undefined;
  const devices = rails.map((address) => railPort(rdmaDevices, address));
  const named = devices.flatMap((device) => (device === undefined ? [] : [`${device.name}:${device.port}`]));
  return named.length === rails.length ? hcaList(named) : undefined;
}
