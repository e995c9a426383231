import assert from "node:assert/strict";
import fc from "fast-check";
import { Refusal } from "../../../../core/problems";
import type { HostTopology, PciDevice } from "../../../../core/topology/model";
import { placedDevices } from "../../../../core/topology/walk";
import { simulatedAddresses } from "../../../../lab/machine/deal-addresses";
import { machineArguments } from "../../../../lab/machine/machine-arguments";
import type { MachinePlan } from "../../../../lab/machine/machine-plan";
import { planMachine } from "../../../../lab/machine/plan-machine";
import { randomMachine } from "../../../support/random-machine";
import { bridge, endpoint, hardware, hostFile, hostOf, LAB_HOSTS, labHost } from "./hosts";

const busOf = (address: string) => Number.parseInt(address.split(":")[1] ?? "", 16);

/** What each plan must be, whatever the host. */
function checkPlan(host: HostTopology, plan: MachinePlan): void {
  const placed = [...placedDevices(host)];
  const wanted = [...host.pciRoots.map((root) => root.address), ...placed.map(({ device }) => device.address)];
  assert.deepEqual([...plan.addresses.keys()].sort(), wanted.sort(), "every root and function is in the map, once");
  assert.equal(new Set(plan.addresses.values()).size, wanted.length, "no two have one address");
  const unique = (what: string, values: readonly unknown[]) => assert.equal(new Set(values).size, values.length, what);
  unique(
    "ids",
    [...plan.roots, ...plan.functions].map(({ id }) => id),
  );
  unique(
    "ports",
    plan.functions.flatMap(({ port }) => (port === undefined ? [] : [port])),
  );
  unique(
    "places on pcie.0",
    plan.roots.map(({ place }) => `${place.slot}.${place.function}`),
  );
  for (const { place } of plan.roots) assert.ok(place.slot >= 9 && place.slot <= 0x1e, "slots 1-8 stay free");
  const owner = new Map<number, string>();
  for (const { device, root, bridges } of placed) {
    const bus = busOf(plan.addresses.get(device.address) as string);
    assert.ok(bus >= 1 && bus <= 255);
    const above = bridges.at(-1)?.address ?? root.address;
    assert.equal(owner.get(bus) ?? above, above, `bus ${bus} is of one bridge`);
    owner.set(bus, above);
  }
}

describe("the plan of a simulated machine", () => {
  it("has every function of any host at an address of its own", () => {
    let planned = 0;
    fc.assert(
      fc.property(randomMachine(), (host) => {
        const before = JSON.stringify(host);
        let plan: MachinePlan;
        try {
          plan = planMachine(host);
        } catch (error) {
          assert.ok(error instanceof Refusal);
          const foreign = [...placedDevices(host)].some(({ device }) => !device.address.startsWith("0000:"));
          const roots = host.pciRoots.some(({ address }) => !address.startsWith("0000:"));
          assert.ok(foreign || roots || /buses/.test(error.message), error.message);
          return;
        }
        planned++;
        checkPlan(host, plan);
        assert.deepEqual(planMachine(host), plan, "the same host gives the same plan");
        assert.equal(JSON.stringify(host), before, "the host is as it was");
      }),
      { numRuns: 300 },
    );
    assert.ok(planned > 100, `${planned} hosts were planned`);
  });

  for (const name of LAB_HOSTS) {
    it(`keeps the bus numbers of ${name}, but for the root complex that is on bus 00`, () => {
      const host = labHost(name);
      const plan = planMachine(host);
      checkPlan(host, plan);
      assert.deepEqual(plan.notes, []);
      for (const { device, root } of placedDevices(host)) {
        const same = plan.addresses.get(device.address) === device.address;
        // The device behind the BMC's bridge to conventional PCI is one slot up.
        const conventional = device.address === "0000:64:00.0";
        assert.equal(same, root.address !== "0000:00" && !conventional, device.address);
      }
    });
  }

  it("gives a bus number to each bridge, in the order of slots, whatever the host had", () => {
    const plan = planMachine(
      hostOf([
        bridge("0000:10:03.0", "root-port", [endpoint("0000:40:00.0")]),
        bridge("0000:10:01.1", "root-port", [
          bridge("0000:20:00.0", "upstream-port", [
            bridge("0000:21:04.0", "downstream-port"),
            bridge("0000:21:02.0", "downstream-port", [endpoint("0000:33:00.0")]),
          ]),
        ]),
        endpoint("0000:10:01.0", { class: "060000" }),
      ]),
    );
    assert.deepEqual(Object.fromEntries(plan.addresses), {
      "0000:10": "0000:10",
      "0000:10:01.0": "0000:10:01.0",
      "0000:10:01.1": "0000:10:01.1",
      "0000:20:00.0": "0000:11:00.0",
      "0000:21:02.0": "0000:12:02.0",
      "0000:33:00.0": "0000:13:00.0",
      "0000:21:04.0": "0000:12:04.0",
      "0000:10:03.0": "0000:10:03.0",
      "0000:40:00.0": "0000:15:00.0",
    });
  });

  it("counts slots behind a bridge to conventional PCI from 1", () => {
    const vga = endpoint("0000:12:00.0", { class: "030000", vendor: "1a03", device: "2000" });
    const plan = planMachine(
      hostOf([bridge("0000:10:01.0", "root-port", [bridge("0000:11:00.0", "pci-bridge", [vga])])]),
    );
    assert.equal(plan.addresses.get("0000:12:00.0"), "0000:12:01.0");
  });

  it("puts more root complexes than slots eight to a slot", () => {
    const pciRoots = Array.from({ length: 40 }, (_, index) => {
      const address = `0000:${(index + 1).toString(16).padStart(2, "0")}`;
      return { address, devices: [endpoint(`${address}:00.0`)] };
    });
    const host = hostOf([], { pciRoots });
    const plan = planMachine(host);
    checkPlan(host, plan);
    const args = machineArguments(plan, hardware(), { memoryMiB: 512, cpus: 1 });
    assert.equal(args.filter((arg) => arg.startsWith("pxb-pcie") && arg.includes("multifunction=on")).length, 5);
  });

  it("renumbers NUMA nodes that the kernel would number otherwise, and says so", () => {
    const numaNodes = [
      { id: 0, cpus: "", memoryMiB: 64 },
      { id: 2, cpus: "0-3", memoryMiB: 64, distances: { "0": 17, "2": 10 } },
      { id: 5, cpus: "", memoryMiB: 0 },
    ];
    const plan = planMachine(hostOf([], { numaNodes, pciRoots: [{ address: "0000:10", numaNode: 2, devices: [] }] }));
    assert.deepEqual(
      plan.nodes.map(({ hostNode }) => hostNode),
      [2, 0, 5],
    );
    assert.deepEqual(
      plan.nodes.map(({ distances }) => distances),
      [
        [10, 17, 20],
        [17, 10, 20],
        [20, 20, 10],
      ],
    );
    assert.equal(plan.roots[0]?.node, 0);
    assert.equal(plan.notes.length, 4);
    assert.match(plan.notes.join("\n"), /NUMA node 0 is node 1 in the simulated machine/);
    assert.match(plan.notes.join("\n"), /NUMA node 5 has memory, as the kernel shows no node without/);
  });

  it("tells what of a function cannot be had", () => {
    const gpu = endpoint("0000:12:00.0", { ats: true });
    const other = endpoint("0000:10:02.0", { numaNode: 1, serial: "not hex" });
    const port = bridge("0000:10:01.0", "root-port", [bridge("0000:11:00.0", "pci-bridge", [gpu])]);
    const numaNodes = [0, 1].map((id) => ({ id, cpus: `${id}` }));
    const { notes } = planMachine(hostOf([port, other], { numaNodes }));
    assert.match(notes.join("\n"), /0000:12:00\.0 is on a bus of conventional PCI/);
    assert.match(notes.join("\n"), /0000:10:02\.0 is on NUMA node 0, not 1/);
    assert.match(notes.join("\n"), /0000:10:02\.0 shows no serial number: "not hex"/);
  });
});

describe("addresses after functions have vanished", () => {
  const plan = planMachine(labHost("nested-switches"));

  it("are the same but for the function, where it is an endpoint", () => {
    const addresses = simulatedAddresses(plan, new Set(["0000:1b:00.0"]));
    assert.equal(addresses.has("0000:1b:00.0"), false);
    for (const [host, address] of addresses) assert.equal(address, plan.addresses.get(host));
    assert.equal(addresses.size, plan.addresses.size - 1);
  });

  it("lack the whole card where function 0 is gone, and one function where another is", () => {
    const gone = (address: string) => {
      const left = simulatedAddresses(plan, new Set([address]));
      return [...plan.addresses.keys()].filter((key) => !left.has(key));
    };
    assert.deepEqual(gone("0000:39:00.0"), ["0000:39:00.0", "0000:39:00.1"]);
    assert.deepEqual(gone("0000:39:00.1"), ["0000:39:00.1"]);
  });

  it("move up behind a bridge that is gone", () => {
    const addresses = simulatedAddresses(plan, new Set(["0000:18:00.0"]));
    assert.equal(addresses.has("0000:1a:00.0"), false, "what was behind it is gone too");
    assert.equal(addresses.get("0000:20:00.0"), "0000:19:00.0");
  });
});

describe("a machine is refused", () => {
  const problemsOf = (host: HostTopology) => {
    try {
      planMachine(host);
    } catch (error) {
      assert.ok(error instanceof Refusal);
      return error.problems;
    }
    return assert.fail("the host was planned");
  };

  it("with every reason at once", () => {
    const host: HostTopology = hostOf([], {
      numaNodes: [
        { id: 0, cpus: "0", distances: { "0": 12, "1": 10 } },
        { id: 1, cpus: "1" },
      ],
      pciRoots: [
        { address: "0001:00", devices: [endpoint("0001:00:00.0")] },
        {
          address: "0000:10",
          devices: [
            bridge("0000:10:01.0", "upstream-port"),
            bridge("0000:10:02.0", "root-port", [endpoint("0000:11:00.0"), endpoint("0000:11:01.0")]),
            bridge("0000:10:03.0", "root-port", [bridge("0000:12:00.0", "downstream-port"), endpoint("0002:00:00.1")]),
            endpoint("0000:10:04.1"),
            endpoint("0000:10:05.0", { class: "060400" }),
            { ...bridge("0000:10:06.0", "pci-bridge"), class: "060940" },
            endpoint("0000:77:02.0"),
          ],
        },
      ],
    });
    const told = problemsOf(host).map(({ path, message }) => `${path}: ${message}`);
    const expected = [
      /^pciRoots\[0\]\.address: 0001:00 is in PCI domain 0001, and QEMU's q35 machine has domain 0000 alone/,
      /^pciRoots\[1\]\.devices\[6\]\.address: 0000:77:02\.0 has the same slot and function on the root bus as 0000:10:02\.0/,
      /^pciRoots\[1\]\.devices\[3\]\.address: 0000:10:04\.1 has no function 0 beside it/,
      /^pciRoots\[1\]\.devices\[0\]\.port: .*upstream-port on a root bus.*below a root-port or below a downstream-port; NCCL topology files/,
      /^pciRoots\[1\]\.devices\[1\]\.children\[1\]\.address: .*slot 1 behind the root-port 0000:10:02\.0.*virtual functions/,
      /^pciRoots\[1\]\.devices\[2\]\.children\[0\]\.port: .*downstream-port below the root-port/,
      /^pciRoots\[1\]\.devices\[2\]\.children\[1\]\.address: 0002:00:00\.1 is in PCI domain 0002/,
      /^pciRoots\[1\]\.devices\[4\]\.port: .*bridge by its class.*discover the host as root/,
      /^pciRoots\[1\]\.devices\[5\]\.port: .*class 060940/,
      /^numaNodes\[0\]\.distances\["0"\]: is 12, but a node's distance to itself is 10/,
      /^numaNodes\[0\]\.distances\["1"\]: is 10, but the distance to another node is above 10/,
    ];
    for (const pattern of expected)
      assert.ok(
        told.some((line) => pattern.test(line)),
        `${pattern}\n${told.join("\n")}`,
      );
    assert.equal(told.length, expected.length, told.join("\n"));
  });

  it("where 256 buses are not enough, and not where they just are", () => {
    const ports = (count: number) =>
      Array.from({ length: count }, (_, index) => {
        const slot = Math.floor(index / 8)
          .toString(16)
          .padStart(2, "0");
        return bridge(`0000:00:${slot}.${index % 8}`, "root-port");
      });
    const host = (count: number) => hostOf([], { pciRoots: [{ address: "0000:00", devices: ports(count) }] });
    const { addresses } = planMachine(host(254));
    assert.equal(addresses.get("0000:00"), "0000:01");
    assert.match(problemsOf(host(255))[0]?.message ?? "", /needs 257 buses.*a PCI domain has 256/);
  });

  it("where functions are deeper than QEMU can save, told once", () => {
    const chain = (bridges: number): PciDevice[] =>
      bridges === 0
        ? [endpoint("0000:7f:00.0")]
        : [bridge(`0000:${(0x7f - bridges).toString(16)}:00.0`, "pci-bridge", chain(bridges - 1))];
    planMachine(hostOf(chain(39)));
    const problems = problemsOf(hostOf(chain(45)));
    assert.match(
      problems.map(({ message }) => message).join("\n"),
      /^0000:7a:00\.0 has more than 39 bridges above it[^\n]*$/,
    );
  });

  const RECORDED = [
    "aws-p4d-24xl-topo",
    "azure-ndv4-topo",
    "azure-ndv5-topo",
    "ibm-vela-sample-nccl-topology",
    "oci-topo-flattened",
  ];
  for (const name of RECORDED) {
    it(`as ${name} is, whose NCCL file has no root ports`, () => {
      const problems = problemsOf(hostFile(`test/topologies/${name}.host.json`));
      const ports = problems.filter(({ message }) =>
        /upstream-port on a root bus.*NCCL topology files leave/.test(message),
      );
      assert.ok(ports.length >= 4, `${problems.length} problems`);
      const foreign = problems.filter(({ message }) => /in PCI domain (?!0000)/.test(message));
      assert.equal(foreign.length > 0, name !== "oci-topo-flattened");
    });
  }
});
