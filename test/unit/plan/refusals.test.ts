import assert from "node:assert/strict";
import type { GuestRequestInput } from "../../../core/plan/request";
import { guestRequest } from "../../../core/plan/request";
import { joinPath } from "../../../core/problems";
import type { HostTopology } from "../../../core/topology/model";
import { buildMachine } from "../../support/machine-builder";
import { functionAt, h100, refused } from "./planning";

const GPU = "0000:18:00.0";
type Wrong = [
  what: string,
  input: Partial<GuestRequestInput>,
  path: string,
  message: RegExp,
  change?: (host: HostTopology) => void,
];

describe("a plan is refused", () => {
  const cases: Wrong[] = [
    [
      "for a device that is not there",
      { gpus: ["0000:77:00.0"] },
      "gpus[0]",
      /0000:77:00\.0 is no endpoint.*0000:18:00\.0/,
    ],
    ["for a switch in place of a device", { devices: ["0000:16:00.0"] }, "devices[0]", /no endpoint/],
    ["for a device named twice", { gpus: [GPU], devices: [GPU] }, "devices[0]", /named twice, first at gpus\[0\]/],
    ["for a NIC among the GPUs", { gpus: ["0000:19:00.0"] }, "gpus[0]", /is a NIC; put it in "nics"/],
    ["for more CPUs than there are", { cpus: 222 }, "cpus", /can spare 220/],
    ["for part of a core", { cpus: 7 }, "cpus", /no multiple of the host's 2 threads/],
    ["for no CPU at all", { housekeepingCores: 56 }, "cpus", /no CPU of NUMA nodes 0, 1; lower housekeepingCores/],
    [
      "for more CPUs than a node has",
      { cells: { 1: { cpus: 112, memoryGiB: 4 }, 0: { memoryGiB: 4 } } },
      'cells["1"].cpus',
      /NUMA node 1 can spare 110/,
    ],
    [
      "for totals besides cells",
      { cpus: 4, cells: { 0: { memoryGiB: 4 }, 1: { memoryGiB: 4 } } },
      "cpus",
      /use one of both/,
    ],
    [
      "for total memory besides cells",
      { memoryGiB: 4, cells: { 0: { memoryGiB: 4 }, 1: { memoryGiB: 4 } } },
      "memoryGiB",
      /use one of both/,
    ],
    [
      "for a NUMA node that is not there",
      { cells: { 0: { memoryGiB: 4 }, 1: { memoryGiB: 4 }, 2: { memoryGiB: 4 } } },
      'cells["2"]',
      /no NUMA node 2; it has 0, 1/,
    ],
    [
      "for memory that does not fill hugepages",
      { memoryGiB: 8.5 },
      "memoryGiB",
      /8\.5 GiB do not divide into hugepages of 1GiB/,
    ],
    [
      "for a cell's memory that does not fill hugepages",
      { cells: { 0: { memoryGiB: 1.5 }, 1: { memoryGiB: 2 } } },
      'cells["0"].memoryGiB',
      /1\.5 GiB do not divide/,
    ],
    ["for a part of a MiB", { memoryGiB: 4.0001, hugepages: "none" }, "memoryGiB", /no whole number of MiB/],
    [
      "for more hugepages than a node has",
      { memoryGiB: 1921 },
      "memoryGiB",
      /961 hugepages of 1GiB on NUMA node 0, but 960/,
    ],
    [
      "for more memory than a node has",
      { gpus: [GPU], nics: [], memoryGiB: 1025, hugepages: "none" },
      "memoryGiB",
      /needs 1025 GiB on NUMA node 0, but it has 1024/,
    ],
    ["for a cell without memory", { memoryGiB: 1 }, "memoryGiB", /2 cells; give at least 2 GiB/],
    [
      "for a cell that got no memory",
      { cells: { 0: { memoryGiB: 4 } } },
      'cells["1"]',
      /NUMA node 1 are in the guest, but its cell has no memory/,
    ],
    [
      "for an MMIO window smaller than the BARs",
      { mmio64GiB: 512 },
      "mmio64GiB",
      /smaller than the devices' BARs need; give at least 4096/,
    ],
    [
      "for an MMIO window wider than the CPU's addresses",
      {},
      "mmio64GiB",
      /does not fit into the host's 42 physical address bits/,
      (h) => (h.physicalAddressBits = 42),
    ],
    ["for the boot disk", { devices: ["0000:01:00.0"] }, "devices[0]", /0000:01:00\.0 cannot.*boots from it/],
    ["for the NIC of the SSH route", { nics: "all" }, "nics", /0000:02:00\.0 cannot.*reached by it/],
    ["for the BMC's NIC", { devices: ["0000:00:14.0"] }, "devices[0]", /0000:00:14\.0 cannot.*BMC/],
    [
      "for part of an IOMMU group",
      { gpus: [GPU], nics: [] },
      "gpus[0]",
      /IOMMU group 16 cannot be split: 0000:18:00\.0 would go without 0000:1a:00\.0/,
      (h) => (functionAt(h, "0000:1a:00.0").iommuGroup = 16),
    ],
    [
      "for a device behind a conventional bridge",
      { gpus: [GPU], nics: [] },
      "gpus[0]",
      /0000:18:00\.0 is behind the conventional PCI bridge 0000:17:00\.0/,
      (h) => (functionAt(h, "0000:17:00.0").port = "pci-bridge"),
    ],
  ];
  for (const [what, input, path, message, change] of cases) {
    it(what, () => {
      const host = h100();
      change?.(host);
      const problems = refused(host, input);
      assert.deepEqual(
        problems.map((problem) => problem.path),
        [path],
        JSON.stringify(problems),
      );
      assert.match(problems[0]?.message ?? "", message);
    });
  }

  it("for devices that need more than 256 buses, and for more root complexes than pcie.0 has slots", () => {
    const gpu = { kind: "gpu" as const, functions: 1 };
    const machine = (roots: number, ports: number) =>
      buildMachine({
        nodes: [{ memory: true, cpus: true }],
        roots: Array.from({ length: roots }, (_, domain) => ({ node: 0, domain, ports: Array(ports).fill(gpu) })),
        bars: false,
        scatterNodes: false,
      });
    assert.match(refused(machine(10, 30))[0]?.message ?? "", /need 310 PCI buses.*256; pass fewer/);
    assert.match(refused(machine(24, 1))[0]?.message ?? "", /24 host root complexes.*room for 23/);
    assert.match(refused(machine(1, 33))[0]?.message ?? "", /33 ports, but a PCI bus has 32 slots/);
  });

  it("for everything at once", () => {
    const host = h100();
    functionAt(host, "0000:1a:00.0").iommuGroup = 16;
    const paths = refused(host, {
      gpus: [GPU, GPU, "0000:77:00.0"],
      nics: ["0000:02:00.0"],
      cpus: 999,
      memoryGiB: 1.5,
      mmio64GiB: 1,
    }).map(({ path, message }) => `${path}: ${/^\S+ \S+ \S+/.exec(message)?.[0]}`);
    assert.deepEqual(paths, [
      "gpus[1]: 0000:18:00.0 is named",
      "gpus[2]: 0000:77:00.0 is no",
      "nics[0]: 0000:02:00.0 cannot be",
      "gpus[0]: IOMMU group 16",
      "cpus: 999 is no",
      "cpus: asks for 999",
      "memoryGiB: 1.5 GiB do",
      "mmio64GiB: a 64-bit MMIO",
    ]);
  });
});

describe("a request is refused", () => {
  const cases: [input: Record<string, unknown>, path: string][] = [
    [{ name: "a/b" }, "name"],
    [{ cpus: 0 }, "cpus"],
    [{ cpus: 4097 }, "cpus"],
    [{ cpus: 1.5 }, "cpus"],
    [{ memoryGiB: 0 }, "memoryGiB"],
    [{ gpus: -1 }, "gpus"],
    [{ gpus: "some" }, "gpus"],
    [{ nics: ["0000:ZZ:00.0"] }, "nics[0]"],
    [{ hugepages: "4KiB" }, "hugepages"],
    [{ cells: { "00": {} } }, 'cells["00"]'],
    [{ machine: "pc" }, "machine"],
    [{ unknown: 1 }, ""],
  ];
  for (const [input, path] of cases) {
    it(`for ${JSON.stringify(input)}`, () => {
      const { error } = guestRequest.safeParse({ name: "vm", ...input });
      const paths = error?.issues.map((issue) =>
        issue.path.reduce<string>((at, key) => joinPath(at, key as string), ""),
      );
      assert.deepEqual(paths, [path]);
    });
  }
});
