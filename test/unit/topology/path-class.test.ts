import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Refusal } from "../../../core/problems";
import { deviceKind } from "../../../core/topology/device-kind";
import { drawMatrix, drawTree } from "../../../core/topology/draw";
import { formatHostFile, parseHostFile } from "../../../core/topology/host-file";
import type { HostTopology } from "../../../core/topology/model";
import { pathClass, pathClasses } from "../../../core/topology/path-class";
import { readHost } from "../../../core/topology/read-host";
import { devicesByAddress } from "../../../core/topology/walk";
import { hostPathClassOf } from "../../support/host-path-class";
import { randomMachine } from "../../support/random-machine";

const repository = join(__dirname, "../../..");
const ours = join(repository, "test/topologies");
const shared = join(repository, "../shared/topologies");

/** GPU-NIC pairs by class, from reference/nccl.md's last lines. */
const PAIRS: Record<string, Record<string, number>> = {
  "azure-ndv4-topo": { PIX: 16, SYS: 48 },
  "azure-ndv5-topo": { PIX: 8, PHB: 24, SYS: 32 },
  "oci-topo-flattened": { PIX: 16, SYS: 48 },
  "aws-p4d-24xl-topo": { PIX: 8, PHB: 8, SYS: 16 },
  "ibm-vela-sample-nccl-topology": { PIX: 4, PHB: 4, SYS: 8 },
};

function addressesOf(host: HostTopology, ...kinds: string[]): string[] {
  return [...devicesByAddress(host)]
    .filter(([, { device }]) => kinds.includes(deviceKind(device)))
    .map(([address]) => address);
}

function pairCounts(host: HostTopology): Record<string, number> {
  const gpus = addressesOf(host, "gpu");
  const nics = addressesOf(host, "nic");
  const classes = pathClasses(host, [...gpus, ...nics]);
  const counts: Record<string, number> = {};
  gpus.forEach((_, row) => {
    nics.forEach((_, column) => {
      const name = classes[row]?.[gpus.length + column] as string;
      counts[name] = (counts[name] ?? 0) + 1;
    });
  });
  return counts;
}

describe("path classes", function () {
  this.timeout(60_000);

  for (const [name, pairs] of Object.entries(PAIRS)) {
    it(`of ${name} are as published`, () => {
      const host = parseHostFile(readFileSync(join(ours, `${name}.host.json`), "utf8"));
      assert.deepEqual(pairCounts(host), pairs);
    });

    it(`of the original ${name}.xml are the same, and so is every fact`, () => {
      const original = join(shared, `${name}.xml`);
      if (!existsSync(original)) {
        console.log(`      not there: ../shared/topologies/${name}.xml; our own facts alone were tested`);
        return;
      }
      const host = parseHostFile(readFileSync(join(ours, `${name}.host.json`), "utf8"));
      const read = readHost(readFileSync(original, "utf8"), host.source);
      assert.deepEqual(pairCounts(read), pairs);
      assert.deepEqual(read, host);
    });
  }

  it("are tested for all machines that are there", () => {
    const names = readdirSync(ours).filter((name) => name.endsWith(".host.json"));
    assert.deepEqual(names.map((name) => name.replace(".host.json", "")).sort(), Object.keys(PAIRS).sort());
  });

  it("of the H100 rehearsal host are those of bare metal", () => {
    const host = parseHostFile(readFileSync(join(repository, "examples/h100-rehearsal/h100.host.json"), "utf8"));
    const wanted = [...devicesByAddress(host).values()]
      .filter(({ device }) => !device.hostUses)
      .map(({ device }) => device);
    assert.equal(wanted.filter((device) => deviceKind(device) === "gpu").length, 8);
    assert.equal(wanted.filter((device) => deviceKind(device) === "nic").length, 8);
    assert.equal(pathClass(host, "0000:18:00.0", "0000:1b:00.0"), "PIX");
    assert.equal(pathClass(host, "0000:18:00.0", "0000:3b:00.0"), "PHB");
    assert.equal(pathClass(host, "0000:18:00.0", "0000:bd:00.0"), "SYS");
    assert.equal(pathClass(host, "0000:18:00.0", "0000:02:00.0"), "PHB");
  });

  it("agree with an independent climber on random machines", () => {
    fc.assert(
      fc.property(randomMachine(), (host) => {
        const expected = hostPathClassOf(JSON.parse(formatHostFile(host)));
        const addresses = [...devicesByAddress(host)]
          .filter(([, { device }]) => !device.port)
          .map(([address]) => address);
        const classes = pathClasses(host, addresses);
        addresses.forEach((a, row) => {
          addresses.forEach((b, column) => {
            assert.equal(classes[row]?.[column], expected(a, b), `${a} ${b}`);
            assert.equal(classes[row]?.[column], classes[column]?.[row]);
          });
        });
      }),
      { numRuns: 200 },
    );
  });

  it("tell nested switches, root ports and NUMA nodes apart", () => {
    const device = (address: string) => ({ address, class: "030200" });
    const port = (address: string, port: "root-port" | "upstream-port" | "downstream-port", ...children: object[]) => ({
      address,
      class: "060400",
      port,
      children,
    });
    const host = parseHostFile(
      JSON.stringify({
        format: "gpudirect-host",
        version: 1,
        source: "a test",
        numaNodes: [
          { id: 0, cpus: "0" },
          { id: 1, cpus: "1" },
        ],
        pciRoots: [
          {
            address: "0000:00",
            numaNode: 0,
            devices: [
              port(
                "0000:00:01.0",
                "root-port",
                port(
                  "0000:01:00.0",
                  "upstream-port",
                  port("0000:02:00.0", "downstream-port", device("0000:03:00.0"), device("0000:03:00.1")),
                  port("0000:02:01.0", "downstream-port", device("0000:04:00.0")),
                  port(
                    "0000:02:02.0",
                    "downstream-port",
                    port(
                      "0000:05:00.0",
                      "upstream-port",
                      port("0000:06:00.0", "downstream-port", device("0000:07:00.0")),
                    ),
                  ),
                ),
              ),
              port("0000:00:02.0", "root-port", device("0000:08:00.0"), device("0000:08:00.1")),
            ],
          },
          { address: "0000:80", devices: [device("0000:80:00.0"), { ...device("0000:80:01.0"), numaNode: 1 }] },
        ],
      }),
    );
    const expected: [string, string, string][] = [
      ["0000:03:00.0", "0000:03:00.0", "LOC"],
      ["0000:03:00.0", "0000:03:00.1", "PIX"],
      ["0000:03:00.0", "0000:04:00.0", "PIX"],
      ["0000:03:00.0", "0000:07:00.0", "PXB"],
      ["0000:03:00.0", "0000:08:00.0", "PHB"],
      ["0000:08:00.0", "0000:08:00.1", "PHB"],
      ["0000:03:00.0", "0000:80:00.0", "PHB"],
      ["0000:03:00.0", "0000:80:01.0", "SYS"],
    ];
    for (const [a, b, name] of expected) {
      assert.equal(pathClass(host, a, b), name, `${a} ${b}`);
      assert.equal(hostPathClassOf(host)(a, b), name, `${a} ${b}`);
    }
    assert.throws(
      () => pathClass(host, "0000:03:00.0", "0000:99:00.0"),
      (error: Error) => error instanceof Refusal && /no PCI function 0000:99/.test(error.message),
    );
  });
});

describe("drawings", function () {
  this.timeout(60_000);

  const host = parseHostFile(readFileSync(join(repository, "examples/h100-rehearsal/h100.host.json"), "utf8"));

  it("show the tree of the wanted devices alone", () => {
    const labels = new Map([["0000:bd:00.0", "NIC7"]]);
    assert.deepEqual(drawTree(host, { only: ["0000:18:00.0", "0000:1b:00.0", "0000:bd:00.0"], labels }), [
      "NUMA node 0, CPUs 0-55,112-167, 1024 GiB",
      "└─ root complex 0000:15",
      "   └─ root port 0000:15:01.0",
      "      └─ switch 0000:16:00.0",
      "         ├─ GPU 0000:18:00.0 10de:2330 (port 0000:17:00.0)",
      "         └─ NIC 0000:1b:00.0 15b3:1021 (port 0000:17:03.0)",
      "NUMA node 1, CPUs 56-111,168-223, 1024 GiB",
      "└─ root complex 0000:b7",
      "   └─ root port 0000:b7:01.0",
      "      └─ switch 0000:b8:00.0",
      "         └─ NIC7 at 0000:bd:00.0 (port 0000:b9:03.0)",
    ]);
  });

  it("show path classes as a table", () => {
    assert.deepEqual(drawMatrix(host, ["0000:18:00.0", "0000:19:00.0", "0000:ba:00.0"], ["GPU0", "NIC0", "GPU6"]), [
      "      GPU0  NIC0  GPU6",
      "GPU0  X     PIX   SYS",
      "NIC0  PIX   X     SYS",
      "GPU6  SYS   SYS   X",
    ]);
  });

  it("show every function of every machine", () => {
    fc.assert(
      fc.property(randomMachine(), (machine) => {
        const text = drawTree(machine).join("\n");
        for (const [address, { device }] of devicesByAddress(machine))
          if (!device.port) assert.ok(text.includes(address), address);
      }),
      { numRuns: 50 },
    );
  });
});
