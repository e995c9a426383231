import { joinPath, type Problem } from "../problems";
import { missingNames, parseNameFilter, passing } from "./name-filter";
import type { RuntimeFacts, WantedRuntime } from "./runtime-shape";

/** NCCL_SOCKET_IFNAME as it is wanted, and whether it only stays as it is. */
export interface SocketVariable {
  readonly value: string | undefined;
  readonly stands: boolean;
}

/** Interfaces that are named and not there. */
export function interfaceProblems(
  { networkInterfaces }: RuntimeFacts,
  { socketInterface }: WantedRuntime,
  { value, stands }: SocketVariable,
): Problem[] {
  const there = `the guest has ${networkInterfaces.filter((name) => name !== "lo").join(", ") || "none"}`;
  const isNamed =
    typeof socketInterface === "string" && socketInterface !== "defaultRoute" && socketInterface !== "none";
  if (isNamed && !networkInterfaces.includes(socketInterface)) {
    return [{ path: "socketInterface", message: `there is no network interface ${socketInterface}; ${there}` }];
  }
  const missing = stands ? [] : missingNames(named(networkInterfaces), value);
  if (missing.length === 0) return [];
  const message = `there is no network interface ${missing.join(", ")}; ${there}`;
  return [{ path: joinPath("environment", "NCCL_SOCKET_IFNAME"), message }];
}

export function interfaceWarnings(
  { networkInterfaces, defaultRoute }: RuntimeFacts,
  { socketInterface }: WantedRuntime,
  { value, stands }: SocketVariable,
): string[] {
  const left = passing(named(networkInterfaces), value).filter(({ name }) => name !== "lo");
  const lacksRoute = socketInterface === "defaultRoute" && defaultRoute === undefined;
  return [
    ...(parseNameFilter(value).excludes && left.length === 0
      ? [`NCCL_SOCKET_IFNAME is ${value}: it excludes all network interfaces of the guest`]
      : []),
    ...(lacksRoute && value === undefined
      ? ["the guest has no default route: NCCL_SOCKET_IFNAME is left unset; name an interface in socketInterface"]
      : []),
    ...(lacksRoute && stands
      ? [
          `the guest has no default route at the moment: NCCL_SOCKET_IFNAME stays ${value}; where that is to last, name an interface in socketInterface, or none`,
        ]
      : []),
  ];
}

const named = (names: readonly string[]) => names.map((name) => ({ name }));
