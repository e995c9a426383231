import fc from "fast-check";
import type { GuestRequestInput } from "../../../core/plan/request";
import { type DeviceKind, deviceKind } from "../../../core/topology/device-kind";
import type { HostTopology, PciDevice } from "../../../core/topology/model";
import { randomMachine } from "../../support/random-machine";

export interface Case {
  host: HostTopology;
  request: Partial<GuestRequestInput>;
  /** Whether fewer than all GPUs and NICs are asked for. */
  subset: boolean;
}

/** Machines with what is asked of them: all devices, a number, or some by address (whole IOMMU groups then). */
export function randomCase(): fc.Arbitrary<Case> {
  return fc
    .record({
      host: randomMachine(),
      how: fc.constantFrom("all", "count", "named", "named"),
      mask: fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
      nics: fc.constantFrom<"all" | "paired" | 1>("all", "paired", 1),
      odd: fc.nat(),
    })
    .map(({ host, how, mask, nics, odd }): Case => {
      const of = (kind: string) => endpointsOf(host).filter((device) => deviceKind(device) === kind);
      const [gpus, allNics] = [of("gpu"), of("nic")];
      if (how === "all") return { host: withoutGroups(host), request: { nics: "all" }, subset: false };
      if (how === "count") {
        const count = 1 + (odd % gpus.length);
        const request: Partial<GuestRequestInput> = { gpus: count, nics: allNics.length === 0 ? 0 : nics };
        return { host: withoutGroups(host), request, subset: count < gpus.length };
      }
      const picked = endpointsOf(host).filter(
        (device, index) => mask[index % mask.length] && kindOf(device) !== "nvswitch",
      );
      const whole = withWholeGroups(host, picked.length > 0 ? picked : gpus.slice(0, 1));
      const split = whole.some((device) => kindOf(device) === "nvswitch");
      const wanted = split ? picked : whole;
      const named = (test: (kind: string) => boolean) => wanted.filter((d) => test(kindOf(d))).map((d) => d.address);
      const request: Partial<GuestRequestInput> = {
        gpus: named((kind) => kind === "gpu"),
        nics: named((kind) => kind === "nic"),
        devices: named((kind) => kind !== "gpu" && kind !== "nic"),
        nvswitches: "none",
      };
      const subset =
        (request.gpus as string[]).length < gpus.length || (request.nics as string[]).length < allNics.length;
      return { host: split ? withoutGroups(host) : host, request, subset };
    })
    .map((wish): Case => ({ ...wish, request: { ...wish.request, ...sizes(wish.host) } }));
}

/** A cell for each node, so that guests of devices on nodes without CPUs or memory have both. */
function sizes(host: HostTopology): Partial<GuestRequestInput> {
  const cells = host.numaNodes.map(({ id, memoryMiB }) => [String(id), memoryMiB === 0 ? {} : { memoryGiB: 8 }]);
  return host.numaNodes.some(({ cpus, memoryMiB }) => cpus === "" || memoryMiB === 0)
    ? { cells: Object.fromEntries(cells) }
    : {};
}

export const kindOf = (device: PciDevice): DeviceKind => deviceKind(device);

export function endpointsOf(host: HostTopology): PciDevice[] {
  const below = (devices: readonly PciDevice[]): PciDevice[] =>
    devices.flatMap((device) => (device.port === undefined ? [device] : below(device.children ?? [])));
  return host.pciRoots.flatMap(({ devices }) => below(devices));
}

function withWholeGroups(host: HostTopology, picked: readonly PciDevice[]): PciDevice[] {
  const groups = new Set(picked.map(({ iommuGroup }) => iommuGroup));
  return endpointsOf(host).filter(({ iommuGroup }) => groups.has(iommuGroup));
}

export function withoutGroups(host: HostTopology): HostTopology {
  const text = JSON.stringify(host, (key, value) => (key === "iommuGroup" ? undefined : value));
  return JSON.parse(text) as HostTopology;
}
