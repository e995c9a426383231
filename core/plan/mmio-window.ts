import type { HostEndpoint } from "../layout/host-switches";
import type { Problem } from "../problems";
import { barsOf } from "../topology/bar-sizes";
import type { HostTopology } from "../topology/model";
import type { GuestRequest } from "./request";

const MIB = 1024 * 1024;

/**
 * 64-bit MMIO window that the devices' BARs need, in MiB. A bridge window begins at a multiple of its largest BAR, so
 * each device counts as the power of two above the sum of its BARs, and the window is the power of two above all.
 */
export function planMmioWindow(
  host: HostTopology,
  devices: readonly HostEndpoint[],
  request: GuestRequest,
  findings: { problems: Problem[]; notChecked: string[] },
): number | undefined {
  if (request.firmware !== "uefi") return undefined;
  let needed = 0;
  const unknown: string[] = [];
  for (const { device, address, kind } of devices) {
    const bars = barsOf(device);
    if (bars === undefined) {
      if (kind !== "other") unknown.push(address);
    } else {
      const size = bars.reduce((sum, bar) => sum + bar.sizeBytes, 0);
      if (size > 0) needed += powerOfTwoAbove(size);
    }
  }
  if (unknown.length) findings.notChecked.push(`MMIO window: the BAR sizes of ${unknown.join(", ")} are not known`);
  const neededMiB = powerOfTwoAbove(Math.ceil(needed / MIB));
  const given = request.mmio64GiB === undefined ? undefined : request.mmio64GiB * 1024;
  if (given !== undefined && given < neededMiB) {
    findings.problems.push({
      path: "mmio64GiB",
      message: `a 64-bit MMIO window of ${request.mmio64GiB} GiB is smaller than the devices' BARs need; give at least ${Math.ceil(neededMiB / 1024)} or leave it out`,
    });
  }
  const windowMiB = given ?? (needed > 0 ? neededMiB : undefined);
  const bits = host.physicalAddressBits;
  if (windowMiB !== undefined && bits !== undefined && windowMiB * MIB > 2 ** (bits - 1)) {
    findings.problems.push({
      path: "mmio64GiB",
      message: `a 64-bit MMIO window of ${windowMiB / 1024} GiB does not fit into the host's ${bits} physical address bits; pass fewer devices through`,
    });
  }
  return windowMiB;
}

const powerOfTwoAbove = (size: number): number => (size <= 1 ? size : 2 ** Math.ceil(Math.log2(size)));
