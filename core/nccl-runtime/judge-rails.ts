import { joinPath, type Problem } from "../problems";
import { missingNames, parseNameFilter, passing } from "./name-filter";
import type { RuntimeFacts, WantedRuntime } from "./runtime-shape";
import { type LackingRail, railsWithoutDevice } from "./standing";

/** NCCL_IB_HCA as it is wanted, and whether it only stays as it is. */
export interface HcaVariable {
  readonly value: string | undefined;
  readonly stands: boolean;
}

/** What no RDMA device is there for. A rail of a function that has none yet is no problem while the variable stands. */
export function railProblems(facts: RuntimeFacts, { rails }: WantedRuntime, hca: HcaVariable): Problem[] {
  const lacking = railsWithoutDevice(facts, rails).filter(({ address }) => !hca.stands || !hasFunction(facts, address));
  const problems = lacking.map(
    (rail): Problem => ({ path: joinPath("rails", rail.index), message: railMessage(facts, rail) }),
  );
  const missing = hca.stands ? [] : missingNames(facts.rdmaDevices, hca.value);
  if (missing.length === 0) return problems;
  const message = `there is no RDMA device ${missing.join(", ")}; the guest has ${deviceNames(facts) || "none"}`;
  return [...problems, { path: joinPath("environment", "NCCL_IB_HCA"), message }];
}

export function railWarnings(facts: RuntimeFacts, { rails }: WantedRuntime, hca: HcaVariable): string[] {
  const waiting = railsWithoutDevice(facts, rails).filter(({ address }) => hca.stands && hasFunction(facts, address));
  const excludesAll = parseNameFilter(hca.value).excludes && passing(facts.rdmaDevices, hca.value).length === 0;
  return [
    ...waiting.map(
      ({ index, address }) =>
        `rails[${index}]: ${address} ${withoutDevice(facts, address)}. NCCL_IB_HCA stays ${hca.value} for now`,
    ),
    ...(excludesAll && facts.rdmaDevices.length > 0
      ? [`NCCL_IB_HCA is ${hca.value}: it excludes all RDMA devices of the guest (${deviceNames(facts)})`]
      : []),
  ];
}

function railMessage(facts: RuntimeFacts, { address }: LackingRail): string {
  const why = hasFunction(facts, address)
    ? withoutDevice(facts, address)
    : "is no PCI function of this guest: give addresses as the guest has them, such as planGuest's rails";
  const there = facts.rdmaDevices.flatMap(({ name, address: at }) => (at ? [`${at} (${name})`] : []));
  return `${address} ${why}. RDMA devices are at ${[...new Set(there)].join(", ") || "no address"}`;
}

/** The ports of a bond have one RDMA device, at the function of the first (linux drivers/net/ethernet/mellanox/mlx5/core/lag). */
function withoutDevice({ rdmaDevices }: RuntimeFacts, address: string): string {
  const slot = address.slice(0, address.lastIndexOf(".") + 1);
  const sibling = rdmaDevices.find((device) => device.address?.startsWith(slot));
  const of = sibling ? `${sibling.name} at ${sibling.address}` : "that of another member";
  return `has no RDMA device: load its driver (mlx5_ib for ConnectX); or it is a member of a bond, whose RDMA device is ${of}; or an adapter without RDMA: name rails yourself`;
}

const hasFunction = ({ functions }: RuntimeFacts, address: string): boolean => Object.hasOwn(functions, address);

const deviceNames = ({ rdmaDevices }: RuntimeFacts): string =>
  [...new Set(rdmaDevices.map(({ name }) => name))].join(", ");
