import { joinPath, type Problem } from "../problems";
import { nearestKnown } from "./known-names";
import { NCCL_VARIABLES } from "./variables";

/** Environment variables by name. */
export type NcclEnvironment = Readonly<Record<string, string>>;
export type NcclProfile = "gpudirect" | "none";

/**
 * What GPUDirect RDMA wants of NCCL wherever it runs; what depends on the site (NCCL_IB_HCA, NCCL_IB_GID_INDEX,
 * NCCL_IB_QPS_PER_CONNECTION, NCCL_ALGO, NCCL_SOCKET_IFNAME, NCCL_SOCKET_NTHREADS, NCCL_CROSS_NIC) has no value here.
 */
export const NCCL_PROFILES: Readonly<Record<NcclProfile, NcclEnvironment>> = {
  gpudirect: {
    NCCL_IB_DISABLE: "0",
    NCCL_IGNORE_CPU_AFFINITY: "1",
    NCCL_BUFFSIZE: "67108864",
    NCCL_IB_PCI_RELAXED_ORDERING: "1",
  },
  none: {},
};

/** The environment with the profile's values where it says nothing itself. */
export function withNcclProfile(profile: NcclProfile, environment: NcclEnvironment): Record<string, string> {
  return { ...NCCL_PROFILES[profile], ...environment };
}

/**
 * What is wrong with the values of variables that are known; paths begin with `path`. Other variables are the user's.
 */
export function checkEnvironment(environment: NcclEnvironment, path = "environment"): Problem[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const known = variableOf(name);
    if (!known || known.takes(value)) return [];
    const message = `${JSON.stringify(value.slice(0, 60))} is no value of it; must be ${known.allowed}`;
    return [{ path: joinPath(path, name), message }];
  });
}

/** A variable that NCCL does not document, and the documented one that was probably meant. */
export interface UnknownVariable {
  readonly name: string;
  readonly nearest: string;
}

/** Variables that are named almost as a documented one: NCCL ignores what it does not know, without a word. */
export function unknownVariables(environment: NcclEnvironment): UnknownVariable[] {
  return Object.keys(environment).flatMap((name) => {
    const nearest = variableOf(name) ? undefined : nearestKnown(name);
    return nearest === undefined ? [] : [{ name, nearest }];
  });
}

/** CUDA_VISIBLE_DEVICES of the first `count` GPUs: `0,1,2`. */
export function visibleDevices(count: number): string {
  return Array.from({ length: count }, (_, index) => index).join(",");
}

/** NCCL_IB_HCA of RDMA devices, in this order; `=` because mlx5_1 alone would take mlx5_10 too. */
export function hcaList(devices: readonly string[]): string {
  return `=${devices.join(",")}`;
}

/**
 * /etc/nccl.conf: KEY=VALUE lines, sorted. NCCL takes everything after the first `=` as it is, blanks and quotes too,
 * and no more than 1023 characters of it (nccl src/misc/param.cc, setEnvFile).
 */
export function ncclConf(environment: NcclEnvironment): string {
  return Object.keys(environment)
    .sort()
    .map((name) => `${name}=${environment[name]}\n`)
    .join("");
}

function variableOf(name: string) {
  return Object.hasOwn(NCCL_VARIABLES, name) ? NCCL_VARIABLES[name] : undefined;
}
