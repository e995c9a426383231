import { isMeant, parseNameFilter, passing } from "./name-filter";
import type { RdmaDevice } from "./rdma-device";

/**
 * Ports that NCCL uses by NCCL_IB_HCA: without it, all of them. It leaves out those that are not ACTIVE
 * (nccl src/transport/net_ib, ncclIbInit): here they count where they are named, and for a device that has no other.
 */
export function portsInUse(ports: readonly RdmaDevice[], value: string | undefined): RdmaDevice[] {
  const filter = parseNameFilter(value);
  const passed = passing(ports, value);
  const isNamed = (port: RdmaDevice) =>
    !filter.excludes && filter.items.some((item) => item.port !== undefined && isMeant(filter, item, port));
  const instead = (port: RdmaDevice) =>
    passed.some(({ name, port: number, state }) => name === port.name && (state === "ACTIVE" || number < port.port));
  return passed.filter((port) => port.state === "ACTIVE" || isNamed(port) || !instead(port));
}

/** The port of the RDMA device at an address that a rail is: the first that is ACTIVE, or else the first. */
export function railPort(ports: readonly RdmaDevice[], address: unknown): RdmaDevice | undefined {
  const first = ports.find((port) => port.address === address);
  return ports.find(({ name, state }) => name === first?.name && state === "ACTIVE") ?? first;
}

/** `mlx5_0`, and `mlx5_0:2` where it is not the first port. */
export const portName = ({ name, port }: Pick<RdmaDevice, "name" | "port">): string =>
  port === 1 ? name : `${name}:${port}`;
