import { byAddress } from "../topology/address-order";
import { deviceKind } from "../topology/device-kind";
import type { HostTopology } from "../topology/model";
import { devicesByAddress } from "../topology/walk";

/**
 * Guest addresses of the guest's NICs in rail order: rail n is the n-th NIC by host address, so that hosts that are
 * built alike agree on what rail n is, whatever the guests' own bus numbers are.
 */
export function rails(
  host: HostTopology,
  plan: { readonly guestAddresses: Readonly<Record<string, string>> },
): string[] {
  const functions = devicesByAddress(host);
  return Object.keys(plan.guestAddresses)
    .filter((address) => {
      const placed = functions.get(address);
      return placed !== undefined && deviceKind(placed.device) === "nic";
    })
    .sort(byAddress)
    .map((address) => plan.guestAddresses[address] as string);
}
