import assert from "node:assert/strict";
import { join } from "node:path";
import { renderDomain } from "../../../core/domain/domain-xml";
import type { HostTopology, NumaNode } from "../../../core/topology/model";
import { checkGuest } from "../../support/guest-checker";
import { h100, hostAt, planned, refused } from "./planning";

const node = (host: HostTopology, id: number): NumaNode => host.numaNodes[id] as NumaNode;

describe("the guest's CPUs", () => {
  it("are the host's cores, siblings together, after the housekeeping core of each node", () => {
    const { domain } = planned(h100());
    assert.deepEqual(domain.cpu, {
      mode: "host-passthrough",
      sockets: 2,
      cores: 55,
      threads: 2,
      physicalAddressBits: "host",
    });
    assert.deepEqual([domain.cells[0]?.cpus, domain.cells[1]?.cpus], ["0-109", "110-219"]);
    const pins = domain.vcpuPins ?? {};
    assert.deepEqual([pins[0], pins[1], pins[2], pins[3]], ["1", "113", "2", "114"]);
    assert.deepEqual([pins[110], pins[111], pins[219]], ["57", "169", "223"]);
    assert.equal(domain.emulatorPin, "0,56,112,168");
  });

  it("are spread evenly, in whole cores, and what a small node lacks comes from the other", () => {
    const { domain } = planned(h100(), { cpus: 8, housekeepingCores: 2 });
    assert.deepEqual([domain.cells[0]?.cpus, domain.cells[1]?.cpus], ["0-3", "4-7"]);
    assert.deepEqual(domain.vcpuPins, { 0: "2", 1: "114", 2: "3", 3: "115", 4: "58", 5: "170", 6: "59", 7: "171" });
    assert.equal(domain.emulatorPin, "0-1,56-57,112-113,168-169");
    const host = h100();
    Object.assign(node(host, 1), { cpus: "56-57", threadSiblings: ["56", "57"] });
    const uneven = planned(host, { cpus: 5 }).domain;
    assert.deepEqual(uneven.cpu, {
      mode: "host-passthrough",
      sockets: 1,
      cores: 5,
      threads: 1,
      physicalAddressBits: "host",
    });
    assert.deepEqual([uneven.cells[0]?.cpus, uneven.cells[1]?.cpus], ["0-3", "4"]);
  });

  it("keep both threads of a core beside a node without CPUs", () => {
    const host = h100();
    node(host, 1).cpus = "";
    delete node(host, 1).threadSiblings;
    const { domain } = planned(host, { cpus: 4 });
    assert.deepEqual(domain.vcpuPins, { 0: "1", 1: "113", 2: "2", 3: "114" });
    assert.deepEqual([domain.cpu.threads, domain.cells[1]?.cpus], [2, ""]);
  });
});

describe("the guest's memory", () => {
  it("is every configured hugepage, or as asked, on the devices' own nodes", () => {
    const sizes = (input: Parameters<typeof planned>[1]) =>
      Object.values(planned(h100(), input).domain.cells).map(({ memoryMiB, hostNodes }) => [
        memoryMiB / 1024,
        hostNodes,
      ]);
    assert.deepEqual(sizes({}), [
      [960, "0"],
      [960, "1"],
    ]);
    assert.deepEqual(sizes({ memoryGiB: 11 }), [
      [6, "0"],
      [5, "1"],
    ]);
    assert.deepEqual(sizes({ cells: { 0: { memoryGiB: 3 }, 1: { memoryGiB: 9 } } }), [
      [3, "0"],
      [9, "1"],
    ]);
    assert.deepEqual(sizes({ gpus: 4, memoryGiB: 8 }), [[8, "0"]]);
    assert.deepEqual(sizes({ gpus: ["0000:9b:00.0"], nics: [], memoryGiB: 8 }), [[8, "1"]]);
  });

  it("of a node without memory is 4 GiB of the nearest one, with a warning, by default too", () => {
    const host = h100();
    Object.assign(node(host, 1), { memoryMiB: 0, hugepages: { "1048576": 0 } });
    const { domain, warnings } = planned(host);
    assert.deepEqual([domain.cells[1]?.memoryMiB, domain.cells[1]?.hostNodes], [4096, "0"]);
    assert.equal(domain.cells[0]?.memoryMiB, (960 - 4) * 1024, "what is lent is not in both cells");
    assert.deepEqual(warnings, ["NUMA node 1 has no memory of its own; its cell gets 4 GiB of node 0"]);
    assert.match(renderDomain(domain), /<memnode cellid="1" mode="strict" nodeset="0"\/>/);
    assert.match(refused(host, { memoryGiB: 961 })[0]?.message ?? "", /961 hugepages of 1GiB on NUMA node 0/);
  });
});

describe("facts that a host lacks", () => {
  const nccl = () => hostAt(join(__dirname, "../../topologies/azure-ndv5-topo.host.json"));

  it("get defaults by name, and checks that need them say so", () => {
    const { defaults, notChecked, domain } = planned(nccl(), { nics: "all" });
    assert.deepEqual(defaults, [
      "memory of the cell for NUMA node 0: 4 GiB, because none was given",
      "memory of the cell for NUMA node 1: 4 GiB, because none was given",
      "thread siblings of NUMA nodes 0, 1: every CPU counts as a core",
    ]);
    const topics = ["boot disk, SSH route", "IOMMU groups of", "hugepages of NUMA node 0", "hugepages of NUMA node 1"];
    for (const topic of topics)
      assert.ok(
        notChecked.some((line) => line.startsWith(topic)),
        `${topic} in ${notChecked}`,
      );
    assert.equal(domain.cpu.threads, 1);
    assert.deepEqual(planned(nccl(), { nics: "all", memoryGiB: 8 }).defaults.length, 1);
  });

  it("are not missed on a host that has them", () => {
    const { defaults, notChecked, omitted } = planned(h100());
    assert.deepEqual({ defaults, notChecked, omitted }, { defaults: [], notChecked: [], omitted: [] });
  });
});

describe("a rehearsal", () => {
  it("has the plan's tree, cells and distances, and names what it leaves out", () => {
    const [full, rehearsed] = [planned(h100()), planned(h100(), { rehearse: true })];
    const { domain, omitted, guestAddresses } = rehearsed;
    assert.deepEqual(guestAddresses, full.guestAddresses);
    assert.deepEqual(domain.expanderBuses, full.domain.expanderBuses);
    assert.deepEqual(
      Object.values(domain.cells).map(({ distances }) => distances),
      Object.values(full.domain.cells).map(({ distances }) => distances),
    );
    assert.deepEqual(domain.cells[1], { cpus: "1", memoryMiB: 256, distances: { 0: 21, 1: 10 } });
    for (const what of [
      "CPU pins",
      "memnode",
      "hugepages",
      "locked memory",
      "maxphysaddr",
      "CPU model",
      "host devices",
    ]) {
      assert.ok(
        omitted.some((line) => line.includes(what)),
        `${what} in ${omitted}`,
      );
    }
    assert.doesNotMatch(
      renderDomain(domain),
      /hostdev|vcpupin|emulatorpin|numatune|hugepages|locked|maxphysaddr|fw_cfg|kvm/,
    );
    assert.equal(checkGuest(renderDomain(domain)).devices.size, 16);
  });
});
