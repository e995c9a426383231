import assert from "node:assert/strict";
import { XMLParser } from "fast-xml-parser";
import { DEFAULT_INTENTS, INTENT_KINDS } from "../../../core/bios/intents";
import type { DomainDocument } from "../../../core/domain/document";
import { readDomain, renderDomain } from "../../../core/domain/domain-xml";
import { withProfile } from "../../../core/nic/profile";
import { readHost } from "../../../core/topology/read-host";
import { checkGuest } from "../../support/guest-checker";
import { type GuestDomain, readGuestDomain } from "../../support/guest-domain";
import { hostPathClassOf } from "../../support/host-path-class";
import { h100, planned } from "../plan/planning";

/** The domain XML as nested lists, read without our own reader. */
// biome-ignore lint/suspicious/noExplicitAny: an XML document has any shape
function parsed(xml: string): any {
  const lists = ["cell", "memnode", "vcpupin", "controller"];
  const options = { ignoreAttributes: false, attributeNamePrefix: "", isArray: (name: string) => lists.includes(name) };
  return new XMLParser(options).parse(xml).domain;
}

/** An 8x H100 host's guest: two cells, four switches with two GPUs and two NICs each. */
const host = h100();
const plan = planned(host, { gpus: 8, nics: 8 });
const xml = renderDomain(plan.domain);
const domain = parsed(xml);

/** NUMA node of each function of the host, by its address. */
const nodeOf = new Map<string, number>();
for (const root of host.pciRoots) {
  const stack = [...root.devices];
  for (let device = stack.pop(); device; device = stack.pop()) {
    nodeOf.set(device.address, device.numaNode ?? root.numaNode ?? 0);
    stack.push(...(device.children ?? []));
  }
}

/** Controllers above a device, from its own up to the expander bus. */
function above({ controllers, endpoints }: GuestDomain, address: string): { model: string; index: number }[] {
  const chain: { model: string; index: number }[] = [];
  let bus = endpoints.find((endpoint) => endpoint.host === address)?.bus;
  while (bus !== undefined && bus !== 0) {
    const index = bus;
    const controller = controllers.find((one) => one.index === index);
    assert.ok(controller, `there is no controller ${index} above ${address}`);
    chain.push({ model: controller.model, index });
    bus = controller.at?.bus;
  }
  return chain;
}

describe("the seed's lines for the guest domain", () => {
  it("S17: ats on PCI controllers is an option that is rendered and read back; the default has none, for QEMU gets none of it", () => {
    const drivers = (text: string) =>
      parsed(text)
        .devices.controller.filter(({ type }: { type: string }) => type === "pci")
        .slice(1)
        .map(({ driver }: { driver?: { ats: string } }) => driver?.ats);
    assert.ok(drivers(xml).every((ats: unknown) => ats === undefined));
    assert.equal(readDomain(xml).controllerAts, undefined);
    const withAts = renderDomain({ ...plan.domain, controllerAts: "on" });
    assert.ok(drivers(withAts).length > 20 && drivers(withAts).every((ats: unknown) => ats === "on"));
    assert.equal(readDomain(withAts).controllerAts, "on");
    // libvirt and users add root ports, which have none; one of the tree without it is drift.
    assert.equal(readDomain(withAts.replace('<driver ats="on"/>', "")).controllerAts, "on");
    const inTree = withAts.replace(
      /(model="pcie-switch-downstream-port">\s*<target [^>]*>\s*)<driver ats="on"\/>/,
      "$1",
    );
    assert.notEqual(inTree, withAts);
    assert.equal(readDomain(inTree).controllerAts, undefined);
  });

  it("S18: memory is strict on the nodes, and each cell is strictly bound to its own", () => {
    assert.deepEqual(domain.numatune, {
      memory: { mode: "strict", nodeset: "0,1" },
      memnode: [
        { cellid: "0", mode: "strict", nodeset: "0" },
        { cellid: "1", mode: "strict", nodeset: "1" },
      ],
    });
  });

  it("S19: each cell has its CPUs and its memory", () => {
    const sizes = { 0: { cpus: 8, memoryGiB: 64 }, 1: { cpus: 4, memoryGiB: 32 } };
    const sized = parsed(renderDomain(planned(host, { gpus: 8, cells: sizes }).domain));
    const cells = sized.cpu.numa.cell.map(({ id, cpus, memory, unit }: Record<string, string>) =>
      [id, cpus, memory, unit].join(" "),
    );
    assert.deepEqual(cells, [`0 0-7 ${64 * 1024 * 1024} KiB`, `1 8-11 ${32 * 1024 * 1024} KiB`]);
  });

  it("S20: each root complex is a pcie-expander-bus with a busNr and its node", () => {
    const buses = readGuestDomain(xml).controllers.filter(({ model }) => model === "pcie-expander-bus");
    assert.deepEqual(
      buses.map(({ node }) => node),
      [0, 0, 1, 1],
    );
    const numbers = buses.map(({ busNr = 0 }) => busNr);
    assert.ok(
      numbers.every((busNr, at) => busNr > (numbers[at - 1] ?? 0) && busNr < 255),
      numbers.join(),
    );
  });

  it("S21: each device is below the expander bus of its NUMA node", () => {
    const guest = checkGuest(xml);
    assert.deepEqual(guest.problems, []);
    assert.ok(guest.devices.size >= 16, `only ${guest.devices.size} devices are in the guest`);
    for (const address of guest.devices.keys()) assert.equal(guest.numaCell(address), nodeOf.get(address), address);
  });

  it("S22: the GPU and the NIC of a pair have one switch below the expander bus, and a downstream port each", () => {
    const tree = readGuestDomain(xml);
    const pairs = [
      ["0000:18:00.0", "0000:19:00.0"],
      ["0000:3c:00.0", "0000:3d:00.0"],
    ] as const;
    for (const [gpu, nic] of pairs) {
      const [ofGpu, ofNic] = [above(tree, gpu), above(tree, nic)];
      assert.deepEqual(
        ofGpu.map(({ model }) => model),
        ["pcie-switch-downstream-port", "pcie-switch-upstream-port", "pcie-root-port", "pcie-expander-bus"],
      );
      assert.notEqual(ofGpu[0]?.index, ofNic[0]?.index);
      assert.deepEqual(ofGpu.slice(1), ofNic.slice(1));
    }
  });

  it("S23: ACS is wanted of the BIOS and ATS of the adapter's firmware, both without being asked for", () => {
    assert.equal(DEFAULT_INTENTS.acs, true);
    assert.equal(INTENT_KINDS.acs, "switch");
    assert.equal(withProfile("vmPassthrough", {}).ATS_ENABLED, 1);
  });

  it("S24: the layout comes from the dump of the bare metal's topology", () => {
    const pair = (bus: number) => {
      const at = (offset: number) => `0000:${(bus + offset).toString(16).padStart(2, "0")}:00.0`;
      return `<pci busid="${at(0)}" class="0x060400"><pci busid="${at(1)}" class="0x030200"/><pci busid="${at(2)}" class="0x020000"><nic><net name="mlx5_${bus}"/></nic></pci></pci>`;
    };
    const dump = `<system version="1"><cpu numaid="0" affinity="000000ff">${pair(0x10)}${pair(0x20)}</cpu><cpu numaid="1" affinity="0000ff00">${pair(0x90)}</cpu></system>`;
    const bareMetal = readHost(dump, "a dump");
    const guest = checkGuest(renderDomain(planned(bareMetal, { gpus: "all", nics: "all", memoryGiB: 8 }).domain));
    assert.deepEqual(guest.problems, []);
    assert.deepEqual(
      [...guest.devices.keys()].sort(),
      ["11", "12", "21", "22", "91", "92"].map((bus) => `0000:${bus}:00.0`),
    );
    const onHost = hostPathClassOf(bareMetal);
    for (const a of guest.devices.keys()) {
      for (const b of guest.devices.keys()) assert.equal(guest.pathClass(a, b), onHost(a, b), `${a} to ${b}`);
    }
    assert.equal(guest.pathClass("0000:11:00.0", "0000:12:00.0"), "PIX");
    assert.deepEqual(["0000:11:00.0", "0000:91:00.0"].map(guest.numaCell), [0, 1]);
  });

  it("S25: a flat layout gives PHB where ours gives the host's PIX", () => {
    const ours = checkGuest(xml);
    const onHost = hostPathClassOf(host);
    const flat = checkGuest(renderDomain(flattened(plan.domain)));
    assert.deepEqual(flat.problems, []);
    assert.deepEqual([...flat.devices.keys()].sort(), [...ours.devices.keys()].sort());
    const pairs = [...ours.devices.keys()].flatMap((a) => [...ours.devices.keys()].map((b) => [a, b] as const));
    const sharing = pairs.filter(([a, b]) => a !== b && onHost(a, b) === "PIX");
    assert.ok(sharing.length >= 16, `only ${sharing.length} pairs share a switch`);
    for (const [a, b] of sharing) {
      assert.deepEqual([ours.pathClass(a, b), flat.pathClass(a, b)], ["PIX", "PHB"], `${a} to ${b}`);
    }
  });
});

/** The same devices, each on a root port of its own below the expander bus of its root complex. */
function flattened(document: DomainDocument): DomainDocument {
  const rootOf = (parent: string): string => {
    const above = document.switches[parent]?.parent;
    return above === undefined ? parent : rootOf(above);
  };
  const ports = new Map<string, number>();
  const devices = Object.entries(document.devices).map(([address, { parent }]) => {
    const root = rootOf(parent);
    const port = ports.get(root) ?? 0;
    ports.set(root, port + 1);
    return [address, { parent: root, port }] as const;
  });
  return { ...document, switches: {}, devices: Object.fromEntries(devices) };
}
