import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Refusal } from "../../../core/problems";
import { formatHostFile, parseHostFile } from "../../../core/topology/host-file";
import type { HostTopology, PciDevice } from "../../../core/topology/model";
import { readHost } from "../../../core/topology/read-host";
import { coverageOf, randomMachine } from "../../support/random-machine";

const repository = join(__dirname, "../../..");
const machines = join(repository, "test/topologies");
const files = readdirSync(machines).filter((name) => name.endsWith(".host.json"));
const rehearsal = join(repository, "examples/h100-rehearsal/h100.host.json");

const small = (): HostTopology => ({
  format: "gpudirect-host",
  version: 1,
  source: "a test",
  numaNodes: [{ id: 0, cpus: "0-3" }],
  pciRoots: [
    {
      address: "0000:15",
      numaNode: 0,
      devices: [
        {
          address: "0000:15:01.0",
          class: "060400",
          port: "root-port",
          children: [{ address: "0000:16:00.0", class: "030200" }],
        },
      ],
    },
  ],
});

/** Paths and messages that a host file is refused with. */
function problems(read: () => unknown): { path: string; message: string }[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof Refusal, `${error} is no Refusal`);
    for (const { message } of error.problems) assert.ok(message.length < 400 && !message.includes("    at "), message);
    return [...error.problems];
  }
  return assert.fail("was read, but should have been refused");
}
const refused = (host: unknown) => problems(() => parseHostFile(JSON.stringify(host)));

describe("host files", function () {
  this.timeout(60_000);

  for (const path of [...files.map((name) => join(machines, name)), rehearsal]) {
    it(`${path.slice(path.lastIndexOf("/") + 1)} is canonical: reading and writing gives the same bytes`, () => {
      const text = readFileSync(path, "utf8");
      assert.equal(formatHostFile(parseHostFile(text)), text);
    });
  }

  it("of random machines survive a round trip", () => {
    fc.assert(
      fc.property(randomMachine(), (host) => {
        const text = formatHostFile(host);
        const read = parseHostFile(text);
        assert.deepEqual(read, JSON.parse(JSON.stringify(host)));
        assert.equal(formatHostFile(read), text);
      }),
      { numRuns: 300 },
    );
  });

  it("do not depend on the order of properties", () => {
    const host = small();
    const reversed = JSON.parse(JSON.stringify(host), (_, value) =>
      value && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    assert.equal(formatHostFile(parseHostFile(JSON.stringify(reversed))), formatHostFile(host));
  });

  it("have a PCI function per line", () => {
    const lines = formatHostFile(small()).split("\n");
    assert.equal(lines.filter((line) => line.includes('"class"')).length, 2);
  });

  it("with all that a model has survive a round trip", () => {
    const host = small();
    const gpu = host.pciRoots[0]?.devices[0]?.children?.[0] as PciDevice;
    Object.assign(gpu, {
      bars: [{ index: 0, sizeBytes: 4096, is64Bit: true }],
      hostUses: ["boot-disk"],
      serial: "00ff",
    });
    host.volatile = {
      drivers: { "0000:16:00.0": "nvidia" },
      links: {},
      kernelCommandLine: 'quote " and ü',
      lockdown: "none",
    };
    const text = formatHostFile(host);
    assert.deepEqual(parseHostFile(text), host);
  });
});

describe("a host file is refused", () => {
  it("when it is not JSON, truncated, blank or another kind of text", () => {
    assert.match(problems(() => parseHostFile("hello"))[0]?.message ?? "", /not JSON.*gpudirect discover/);
    assert.match(problems(() => parseHostFile(formatHostFile(small()).slice(0, 200)))[0]?.message ?? "", /not JSON/);
    assert.match(problems(() => readHost(" \n", "x"))[0]?.message ?? "", /is blank/);
    assert.match(problems(() => readHost("[1]", "x"))[0]?.message ?? "", /begins with "\["/);
  });

  it("of another version, saying which one is read and what to do", () => {
    const [newer] = refused({ ...small(), version: 2, pciRoots: "whatever" });
    assert.deepEqual(newer?.path, "version");
    assert.match(newer?.message ?? "", /is 2, but this reads version 1; use a newer gpudirect/);
    assert.match(refused({ ...small(), version: 0 })[0]?.message ?? "", /make the file again/);
    assert.match(refused({ ...small(), version: undefined })[0]?.message ?? "", /is missing/);
  });

  it("of another format", () => {
    assert.equal(refused({ ...small(), format: "hwloc" })[0]?.path, "format");
    assert.equal(problems(() => parseHostFile("[]"))[0]?.path, "format");
    assert.equal(problems(() => parseHostFile("null"))[0]?.path, "format");
  });

  it("with every problem of its shape, each with its path", () => {
    const found = refused({
      ...small(),
      colour: "blue",
      numaNodes: [{ id: -1, cpus: "x" }],
      pciRoots: [{ address: "0000:15", devices: [{ address: "0000:1F:00.0", class: "0302", children: [{ foo: 1 }] }] }],
    });
    const paths = found.map(({ path }) => path);
    for (const path of [
      "colour",
      "numaNodes[0].id",
      "numaNodes[0].cpus",
      "pciRoots[0].devices[0].address",
      "pciRoots[0].devices[0].class",
      "pciRoots[0].devices[0].children[0].address",
      "pciRoots[0].devices[0].children[0].foo",
    ]) {
      assert.ok(paths.includes(path), `${path} is not among ${paths}`);
    }
  });

  it("with every contradiction in it, each with its path", () => {
    const host = small();
    const gpu = {
      address: "0000:16:00.0",
      class: "030200",
      numaNode: 7,
      bars: [
        { index: 0, sizeBytes: 3 },
        { index: 0, sizeBytes: 4 },
      ],
    };
    host.numaNodes = [
      { id: 0, cpus: "0-3", distances: { 0: 10, 9: 20 } },
      { id: 0, cpus: "3-5", threadSiblings: ["3,4", "9"] },
      { id: 1, cpus: "8-7" },
    ];
    host.pciRoots.push({
      address: "0000:15",
      numaNode: 5,
      devices: [gpu, { address: "0000:17:00.0", class: "020000", children: [{ ...gpu }] }],
    });
    host.volatile = { freeHugepages: { 4: {} } };
    const paths = refused(host).map(({ path }) => path);
    for (const path of [
      "numaNodes[1].id",
      'numaNodes[0].distances["9"]',
      "numaNodes[1].cpus",
      "numaNodes[1].threadSiblings[1]",
      "numaNodes[2].cpus",
      "pciRoots[1].address",
      "pciRoots[1].numaNode",
      "pciRoots[1].devices[0].address",
      "pciRoots[1].devices[0].numaNode",
      "pciRoots[1].devices[0].bars[0].sizeBytes",
      "pciRoots[1].devices[0].bars[1].index",
      "pciRoots[1].devices[1].port",
      "pciRoots[1].devices[1].children[0].address",
      'volatile.freeHugepages["4"]',
    ]) {
      assert.ok(paths.includes(path), `${path} is not among ${paths.join(" ")}`);
    }
  });

  it("when it is 100 MB long, at once", () => {
    const start = Date.now();
    assert.match(
      problems(() => parseHostFile(`{"a":"${"x".repeat(100_000_000)}"}`))[0]?.message ?? "",
      /96 MiB.*16 MiB/,
    );
    assert.ok(Date.now() - start < 2000);
  });

  it("when it is nested absurdly deep", () => {
    const depth = 100_000;
    const device = '{"address":"0000:00:00.0","class":"060400","children":[';
    const text = `{"format":"gpudirect-host","version":1,"pciRoots":[${device.repeat(depth)}${"]}".repeat(depth)}]}`;
    assert.match(problems(() => parseHostFile(text))[0]?.message ?? "", /nested deeper than 64/);
  });

  it("with a list of problems that ends, however many there are", () => {
    const host = { ...small(), pciRoots: Array.from({ length: 5000 }, () => ({})) };
    const found = refused(host);
    assert.equal(found.length, 201);
    assert.match(found.at(-1)?.message ?? "", /more problems/);
  });

  it("with CPU lists that would fill the memory", () => {
    const host = small();
    host.numaNodes = [{ id: 0, cpus: "0-99999999999", threadSiblings: ["0-88888888888"] }];
    assert.equal(refused(host)[0]?.path, "numaNodes[0].cpus");
  });
});

describe("the generator of random machines", function () {
  this.timeout(60_000);

  it("covers each rare kind at least 100 times in 1000 machines", () => {
    const counts = { nestedSwitches: 0, foreignDomain: 0, nodeWithoutMemory: 0, sixteenGpus: 0 };
    for (const host of fc.sample(randomMachine(), { numRuns: 1000, seed: 3 })) {
      const found = coverageOf(host);
      for (const kind of Object.keys(counts) as (keyof typeof counts)[]) counts[kind] += found[kind] ? 1 : 0;
    }
    for (const [kind, count] of Object.entries(counts)) assert.ok(count >= 100, `${kind}: ${count}`);
  });
});
