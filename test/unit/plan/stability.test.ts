import assert from "node:assert/strict";
import fc from "fast-check";
import type { DomainDocument } from "../../../core/domain/document";
import type { HostTopology, PciDevice } from "../../../core/topology/model";
import { randomMachine } from "../../support/random-machine";
import { h100, planned } from "./planning";
import { endpointsOf, kindOf, withoutGroups } from "./random-request";

const RUNS = 400;
const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);

/** Buses that a guest of every GPU, NIC, NVSwitch and NVMe disk takes: one a root complex and port, two a switch. */
function roomNeeded(host: HostTopology): number {
  const passable = (device: PciDevice) =>
    ["gpu", "nic", "nvswitch"].includes(kindOf(device)) || device.class === "010802";
  const below = (devices: readonly PciDevice[]): number =>
    devices.reduce((sum, device) => {
      if (device.port === undefined) return sum + (passable(device) ? 1 : 0);
      const inner = below(device.children ?? []);
      return sum + (device.port === "upstream-port" && inner > 0 ? inner + 2 : inner);
    }, 0);
  return host.pciRoots.reduce((sum, { devices }) => sum + (below(devices) > 0 ? 1 + below(devices) : 0), 0);
}

const guestOf = (host: HostTopology, wanted: readonly PciDevice[]): DomainDocument => {
  const named = (test: (kind: string) => boolean) => wanted.filter((d) => test(kindOf(d))).map((d) => d.address);
  const cells = host.numaNodes.map(({ id, memoryMiB }) => [String(id), memoryMiB === 0 ? {} : { memoryGiB: 8 }]);
  return planned(host, {
    gpus: named((kind) => kind === "gpu"),
    nics: named((kind) => kind === "nic"),
    devices: named((kind) => kind === "other"),
    nvswitches: "none",
    cells: Object.fromEntries(cells),
  }).domain;
};

/** What must stay of everything that is not below one of the expander buses: its place, and that of its expander bus. */
function elsewhere(domain: DomainDocument, root: string): unknown {
  const busOf = (parent: string): string => {
    const above = domain.switches[parent];
    return above ? busOf(above.parent) : parent;
  };
  const others = <T extends { parent: string }>(entries: Record<string, T>) =>
    Object.fromEntries(Object.entries(entries).filter(([, { parent }]) => busOf(parent) !== root));
  const { [root]: _, ...expanderBuses } = domain.expanderBuses;
  return { expanderBuses, switches: others(domain.switches), devices: others(domain.devices) };
}

describe(`taking a device away, or adding one (${RUNS} machines of seed ${seed})`, function () {
  this.timeout(60_000);

  it("leaves bus numbers, slots and ports below all other expander buses as they are", () => {
    let compared = 0;
    const property = fc.property(
      randomMachine(),
      fc.array(fc.boolean(), { minLength: 5 }),
      fc.nat(),
      (host, mask, odd) => {
        const machine = withoutGroups(host);
        fc.pre(roomNeeded(machine) <= 256 - 32);
        const able = endpointsOf(machine).filter(
          (device) => kindOf(device) === "gpu" || kindOf(device) === "nic" || device.class === "010802",
        );
        const wanted = able.filter((_, index) => mask[index % mask.length]);
        const gone = wanted[odd % Math.max(1, wanted.length)];
        fc.pre(gone !== undefined);
        const rest = wanted.filter((device) => device !== gone);
        const root = machine.pciRoots.find(({ devices }) => JSON.stringify(devices).includes(`"${gone.address}"`));
        assert.ok(root);
        const [before, after] = [guestOf(machine, wanted), guestOf(machine, rest)];
        assert.deepEqual(elsewhere(after, root.address), elsewhere(before, root.address));
        const samePlace = Object.entries(after.devices).every(([key, { port }]) => before.devices[key]?.port === port);
        assert.ok(samePlace, "a port below the same expander bus has moved");
        compared += Object.keys(after.devices).length > 0 ? 1 : 0;
      },
    );
    fc.assert(property, { numRuns: RUNS, seed, maxSkipsPerRun: 20 });
    assert.ok(compared > 0.8 * RUNS, `only ${compared} guests were compared`);
  });

  it("is one line of difference in the document of the rehearsal host, besides sizes", () => {
    const host = h100();
    const free = endpointsOf(host).filter(({ hostUses }) => hostUses === undefined);
    const named = (kind: string) => free.filter((device) => kindOf(device) === kind).map(({ address }) => address);
    const [gpus, nics] = [named("gpu"), named("nic")];
    const [all, fewer] = [planned(host, { gpus, nics }), planned(host, { gpus: gpus.slice(0, -1), nics })];
    const { [gpus.at(-1) as string]: _, ...kept } = all.domain.devices;
    assert.deepEqual(fewer.domain.devices, kept);
    assert.deepEqual(
      [fewer.domain.switches, fewer.domain.expanderBuses],
      [all.domain.switches, all.domain.expanderBuses],
    );
  });
});
