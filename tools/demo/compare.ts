import { deviceKind } from "../../core/topology/device-kind";
import { drawMatrix, drawTree } from "../../core/topology/draw";
import type { HostTopology } from "../../core/topology/model";
import { pathClasses } from "../../core/topology/path-class";
import { devicesByAddress } from "../../core/topology/walk";

export interface Comparison {
  readonly lines: string[];
  /** Pairs of host addresses whose path class in the guest is another one. */
  readonly differences: string[];
}

/** Host tree and guest tree side by side, then both path-class matrices, with the same label on both sides. */
export function compareTrees(
  host: HostTopology,
  guest: HostTopology,
  guestAddresses: Record<string, string>,
): Comparison {
  const onHost = Object.keys(guestAddresses).sort();
  const inGuest = onHost.map((address) => guestAddresses[address] as string);
  const names = labels(host, onHost);
  const byAddress = (addresses: string[]) => new Map(addresses.map((address, i) => [address, names[i] ?? ""]));

  const [hostClasses, guestClasses] = [pathClasses(host, onHost), pathClasses(guest, inGuest)];
  const differences = onHost.flatMap((a, row) =>
    onHost.flatMap((b, column) => {
      const [wanted, seen] = [hostClasses[row]?.[column], guestClasses[row]?.[column]];
      return wanted === seen ? [] : [`${a} to ${b}: ${wanted} on the host, ${seen} in the guest`];
    }),
  );
  const trees = sideBySide(
    ["HOST", "", ...drawTree(host, { only: onHost, labels: byAddress(onHost) })],
    ["GUEST, read from /sys inside it", "", ...drawTree(guest, { only: inGuest, labels: byAddress(inGuest) })],
  );
  const matrices = sideBySide(
    ["HOST", "", ...drawMatrix(host, onHost, names)],
    ["GUEST", "", ...drawMatrix(guest, inGuest, names)],
  );
  return { lines: [...trees, "", ...matrices], differences };
}

/** GPU0, GPU1, NIC0 … in the order of host addresses. */
function labels(host: HostTopology, addresses: readonly string[]): string[] {
  const devices = devicesByAddress(host);
  const counts = new Map<string, number>();
  return addresses.map((address) => {
    const placed = devices.get(address);
    const kind = placed ? deviceKind(placed.device).toUpperCase() : "OTHER";
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return `${kind}${count}`;
  });
}

function sideBySide(left: readonly string[], right: readonly string[]): string[] {
  const width = Math.max(...left.map((line) => line.length)) + 4;
  const rows = Math.max(left.length, right.length);
  return Array.from({ length: rows }, (_, i) => `${(left[i] ?? "").padEnd(width)}${right[i] ?? ""}`.trimEnd());
}
