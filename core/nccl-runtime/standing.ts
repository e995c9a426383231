import { railPort } from "./ports";
import type { RuntimeFacts, WantedRuntime } from "./runtime-shape";

/**
 * Variables whose value stays as it is, because what decides it is not there at the moment: a guest that is starting has no
 * default route yet, and no RDMA devices before their driver is loaded.
 */
export function standingVariables(facts: RuntimeFacts, wanted: WantedRuntime): Record<string, string> {
  const { NCCL_IB_HCA, NCCL_SOCKET_IFNAME } = facts.environment ?? {};
  const lacksRail = railsWithoutDevice(facts, wanted.rails).length > 0;
  const lacksRoute = wanted.socketInterface === "defaultRoute" && facts.defaultRoute === undefined;
  return {
    ...(lacksRail && NCCL_IB_HCA !== undefined ? { NCCL_IB_HCA } : {}),
    ...(lacksRoute && NCCL_SOCKET_IFNAME !== undefined ? { NCCL_SOCKET_IFNAME } : {}),
  };
}

/** A rail that the guest has no RDMA device for. */
export interface LackingRail {
  readonly index: number;
  readonly address: string;
}

export function railsWithoutDevice({ rdmaDevices }: RuntimeFacts, rails: unknown): LackingRail[] {
  return (Array.isArray(rails) ? rails : []).flatMap((address, index): LackingRail[] =>
    typeof address !== "string" || railPort(rdmaDevices, address) ? [] : [{ index, address }],
  );
}
