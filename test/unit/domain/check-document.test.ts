import assert from "node:assert/strict";
import { checkDocument } from "../../../core/domain/check-document";
import type { DomainDocument } from "../../../core/domain/document";
import { sample } from "./samples";

const cell = (cpus: string, more = {}) => ({ cpus, memoryMiB: 2048, ...more });
const change = (changes: (document: DomainDocument) => void): DomainDocument => {
  const document = sample();
  changes(document);
  return document;
};
const disk = (rootPort?: number) => ({
  source: { file: "/images/x" },
  format: "raw" as const,
  readOnly: false,
  ...(rootPort === undefined ? {} : { rootPort }),
});

describe("a document is found wrong", () => {
  const cases: [what: string, changes: (document: DomainDocument) => void, path: string, message: RegExp][] = [
    ["with a gap in its cells", (d) => (d.cells = { 0: cell("0-1"), 2: cell("2-3") }), "cells", /without gaps.*0, 2/],
    [
      "with a CPU in two cells",
      (d) => (d.cells = { 0: cell("0-2"), 1: cell("2-3") }),
      'cells["1"].cpus',
      /CPU 2 is in cell 0/,
    ],
    [
      "with a CPU in no cell",
      (d) => (d.cells = { 0: cell("0-1"), 1: cell("2") }),
      "cells",
      /hold 3 CPUs, but cpu makes 4/,
    ],
    [
      "with CPU numbers past the count",
      (d) => (d.cells = { 0: cell("0-1"), 1: cell("2,4") }),
      "cells",
      /number them 0 to 3/,
    ],
    [
      "with memory that does not fill hugepages",
      (d) => (d.cells[1] = cell("2-3", { memoryMiB: 2050 })),
      'cells["1"].memoryMiB',
      /2050 MiB do not divide/,
    ],
    [
      "with a distance to no cell",
      (d) => (d.cells[1] = cell("2-3", { distances: { 5: 20 } })),
      'cells["1"].distances["5"]',
      /no such cell/,
    ],
    ["with a pin of a CPU that it lacks", (d) => (d.vcpuPins = { 4: "7" }), 'vcpuPins["4"]', /only CPUs 0 to 3/],
    [
      "with an expander bus on a missing cell",
      (d) => (d.expanderBuses["0000:98"] = { busNr: 64, slot: 7, cell: 2 }),
      'expanderBuses["0000:98"].cell',
      /no cell 2/,
    ],
    [
      "with an expander bus in a slot of q35's own",
      (d) => (d.expanderBuses["0000:98"] = { busNr: 64, slot: 0x1f }),
      'expanderBuses["0000:98"].slot',
      /from 6 to 28/,
    ],
    [
      "with two expander buses in a slot",
      (d) => (d.expanderBuses["0000:98"] = { busNr: 64, slot: 6 }),
      'expanderBuses["0000:98"].slot',
      /taken by 0000:15/,
    ],
    [
      "with two expander buses of one number",
      (d) => (d.expanderBuses["0000:98"] = { busNr: 32, slot: 7 }),
      'expanderBuses["0000:98"].busNr',
      /bus 32 is taken by 0000:15/,
    ],
    // 0000:15 has two ports, an upstream port and two ports below it: buses 32 to 37.
    [
      "with a bus range in another one",
      (d) => (d.expanderBuses["0000:98"] = { busNr: 37, slot: 7 }),
      'expanderBuses["0000:98"].busNr',
      /up to bus 37/,
    ],
    [
      "with a bus range in that of pcie.0",
      (d) => (d.expanderBuses["0000:15"] = { busNr: 3, slot: 6 }),
      'expanderBuses["0000:15"].busNr',
      /taken by pcie\.0/,
    ],
    [
      "with a bus range past 255",
      (d) => (d.expanderBuses["0000:98"] = { busNr: 250, slot: 7 }),
      'expanderBuses["0000:98"].busNr',
      /would end at 256/,
    ],
    [
      "with a device on nothing",
      (d) => (d.devices["0000:1a:00.0"] = { parent: "0000:77", port: 0 }),
      'devices["0000:1a:00.0"].parent',
      /no expander bus or switch 0000:77/,
    ],
    [
      "with a device on a device",
      (d) => (d.devices["0000:1a:00.0"] = { parent: "0000:18:00.0", port: 0 }),
      'devices["0000:1a:00.0"].parent',
      /no expander bus or switch 0000:18:00\.0/,
    ],
    [
      "with a switch on nothing",
      (d) => (d.switches["0000:9a:00.0"] = { parent: "0000:77", port: 0 }),
      'switches["0000:9a:00.0"].parent',
      /no expander bus or switch/,
    ],
    [
      "with switches below each other",
      (d) => (d.switches["0000:99:00.0"] = { parent: "0000:9a:00.0", port: 0 }),
      'switches["0000:99:00.0"].parent',
      /below itself/,
    ],
    [
      "with two devices on a port",
      (d) => (d.devices["0001:19:00.3"] = { parent: "0000:16:00.0", port: 0 }),
      'devices["0001:19:00.3"].port',
      /port 0 of 0000:16:00\.0 is taken by 0000:18:00\.0/,
    ],
    [
      "with a device and a switch on a port",
      (d) => (d.devices["0000:1a:00.0"] = { parent: "0000:15", port: 0 }),
      'devices["0000:1a:00.0"].port',
      /taken by 0000:16:00\.0/,
    ],
    [
      "with a disk and an interface on a root port",
      (d) => (d.disks.root = disk(2)),
      "interfaces.lan.rootPort",
      /root port 2 is taken by disks\.root/,
    ],
    [
      "with more disks than root ports",
      (d) => (d.disks = Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`d${i}`, disk()]))),
      "disks",
      /need 33 root ports.*room for 31/,
    ],
  ];
  for (const [what, changes, path, message] of cases) {
    it(what, () => {
      const problems = checkDocument(change(changes));
      assert.deepEqual(
        [...new Set(problems.map((problem) => problem.path))].includes(path),
        true,
        JSON.stringify(problems),
      );
      assert.match(problems.find((problem) => problem.path === path)?.message ?? "", message);
    });
  }

  it("nowhere when it is sound", () => assert.deepEqual(checkDocument(sample()), []));

  it("in everything at once", () => {
    const paths = checkDocument(
      change((d) => {
        d.vcpuPins = { 9: "1" };
        d.devices["0000:1a:00.0"] = { parent: "0000:77", port: 0 };
        d.expanderBuses["0000:98"] = { busNr: 64, slot: 6, cell: 3 };
        d.cells[1] = cell("2-3", { memoryMiB: 3 });
      }),
    ).map(({ path }) => path);
    assert.deepEqual(paths, [
      'cells["1"].memoryMiB',
      'vcpuPins["9"]',
      'expanderBuses["0000:98"].cell',
      'expanderBuses["0000:98"].slot',
      'devices["0000:1a:00.0"].parent',
    ]);
  });
});
