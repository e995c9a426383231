import assert from "node:assert/strict";
import { compareGuestTree } from "../../../core/domain/compare-guest-tree";
import type { HostTopology, PciDevice } from "../../../core/topology/model";
import { sample } from "./samples";

const bridge = (address: string, port: PciDevice["port"], ...children: PciDevice[]): PciDevice => ({
  address: `0000:${address}`,
  class: "060400",
  port,
  children,
});
const stand = (address: string, pciClass: string): PciDevice => ({ address: `0000:${address}`, class: pciClass });

/** What the sample's guest sees, written by hand as its firmware numbers it: from bus 0x20 and from bus 0x40. */
const guest = (): HostTopology => ({
  format: "gpudirect-host",
  version: 1,
  source: "a guest",
  numaNodes: [
    { id: 0, cpus: "0-1", distances: { 0: 10, 1: 21 } },
    { id: 1, cpus: "2-3", distances: { 0: 21, 1: 10 } },
  ],
  pciRoots: [
    { address: "0000:00", devices: [stand("00:00.0", "060000"), stand("00:01.0", "010000")] },
    {
      address: "0000:20",
      numaNode: 0,
      devices: [
        bridge(
          "20:00.0",
          "root-port",
          bridge(
            "21:00.0",
            "upstream-port",
            bridge("22:00.0", "downstream-port", stand("23:00.0", "038000")),
            bridge("22:01.0", "downstream-port", stand("24:00.0", "020000")),
          ),
        ),
        bridge("20:01.0", "root-port", stand("25:00.0", "00ff00")),
      ],
    },
    {
      address: "0000:40",
      numaNode: 1,
      devices: [
        bridge(
          "40:00.0",
          "root-port",
          bridge(
            "41:00.0",
            "upstream-port",
            bridge(
              "42:01.0",
              "downstream-port",
              bridge("43:00.0", "upstream-port", bridge("44:03.0", "downstream-port", stand("45:00.0", "038000"))),
            ),
            bridge("42:02.0", "downstream-port", stand("46:00.0", "020000")),
          ),
        ),
      ],
    },
  ],
});
const KINDS = {
  "0000:18:00.0": "gpu",
  "0001:19:00.3": "nic",
  "0000:1a:00.0": "other",
  "0000:9b:00.0": "gpu",
  "0000:9c:00.0": "nic",
} as const;
const rehearsal = () => {
  const document = sample();
  for (const [address, standIn] of Object.entries(KINDS)) {
    document.devices[address] = { ...(document.devices[address] as { parent: string; port: number }), standIn };
  }
  return document;
};
const root = (host: HostTopology, index: number) => host.pciRoots[index] as HostTopology["pciRoots"][number];
const inside = (device: PciDevice | undefined, ...path: number[]): PciDevice =>
  path.reduce((at, index) => at.children?.[index] as PciDevice, device as PciDevice);

describe("a guest's own PCI tree", () => {
  it("equals the plan, in a rehearsal and with real devices", () => {
    assert.deepEqual(compareGuestTree(rehearsal(), guest()), []);
    assert.deepEqual(compareGuestTree(sample(), guest()), []);
  });

  it("equals a plan that spells its CPU lists otherwise", () => {
    const cell = sample().cells[0];
    assert.ok(cell);
    assert.deepEqual(
      compareGuestTree(sample({ cells: { ...sample().cells, 0: { ...cell, cpus: "1,0" } } }), guest()),
      [],
    );
  });

  const differences: [what: string, change: (host: HostTopology) => void, lines: RegExp[]][] = [
    [
      "a device that is missing",
      (h) => (inside(root(h, 1).devices[1]).children = []),
      [/^0000:1a:00\.0: nothing is at guest address 0000:25:00\.0/],
    ],
    [
      "a device of another kind",
      (h) => (inside(root(h, 1).devices[0], 0, 0, 0).class = "020000"),
      [/^0000:18:00\.0: guest address 0000:23:00\.0 holds a function of class 020000/],
    ],
    [
      "a stand-in for neither that is a NIC",
      (h) => (inside(root(h, 1).devices[1], 0).class = "020000"),
      [/^0000:1a:00\.0: .*class 020000/],
    ],
    [
      "a switch that is not there",
      (h) =>
        (root(h, 1).devices[0] = bridge(
          "20:00.0",
          "root-port",
          stand("23:00.0", "038000"),
          stand("24:00.0", "020000"),
        )),
      [
        /^0000:18:00\.0: .*below root-port, but the plan has root-port > upstream-port > downstream-port/,
        /^0001:19:00\.3: .*below root-port/,
      ],
    ],
    [
      "a root complex on another node",
      (h) => (root(h, 2).numaNode = 0),
      [/^0000:9b:00\.0: .*NUMA node 0, but the plan has cell 1/, /^0000:9c:00\.0: .*NUMA node 0/],
    ],
    [
      "a device too many",
      (h) => inside(root(h, 1).devices[1]).children?.push(stand("25:00.1", "020000")),
      [/^0000:15: guest address 0000:25:00\.1 holds a device that the plan does not have/],
    ],
    [
      "no root bus",
      (h) => h.pciRoots.pop(),
      [/^0000:9b:00\.0: nothing/, /^0000:9c:00\.0: nothing/, /^0000:98: the guest has no root bus 0000:40/],
    ],
    ["a NUMA node that is missing", (h) => h.numaNodes.pop(), [/^cell 1: the guest has no NUMA node 1/]],
    ["a NUMA node too many", (h) => h.numaNodes.push({ id: 2, cpus: "" }), [/^node 2: the plan has no cell 2/]],
    [
      "CPUs on another node",
      (h) => ((h.numaNodes[1] as { cpus: string }).cpus = "1-3"),
      [/^cell 1: the guest has CPUs 1-3, the plan 2-3/],
    ],
    [
      "another distance",
      (h) => ((h.numaNodes[0] as { distances: object }).distances = { 0: 10, 1: 20 }),
      [/^cell 0: .*distance to node 1 is 20, the plan's 21/],
    ],
  ];
  for (const [what, change, lines] of differences) {
    it(`differs by ${what}`, () => {
      const host = guest();
      change(host);
      const found = compareGuestTree(rehearsal(), host);
      assert.equal(found.length, lines.length, found.join("\n"));
      for (const [index, line] of lines.entries()) assert.match(found[index] ?? "", line);
    });
  }
});
