import { deepEqual, doesNotMatch, equal, match, notEqual } from "node:assert/strict";
import { mustEnd, Stack } from "../support/stack";
import { definitionOf, edit } from "../support/virsh";
import { Storage } from "./support/storage";

/** Pools, volumes and networks that the definition names. */
const namedIn = (xml: string): string[] =>
  [...xml.matchAll(/<source (pool='[^']*' volume='[^']*'|network='[^']*')/g)].map(([, source = ""]) => source).sort();

async function mustBeThere(stack: Stack, name: string) {
  const found = await stack.resource(name);
  if (!found) throw new Error(`${name} is not in the state`);
  return found;
}

describe("disks and networks by name, path or id", function () {
  // Two updates in a test take a minute where others work beside it.
  this.timeout(120_000);
  const stack = new Stack();
  const storage = new Storage(stack.name("by-id"), stack.file("pool"));
  const name = stack.name("vm");
  const cells = { 0: { cpus: "0", memoryMiB: 64 } };
  // libvirt keeps ats on PCI controllers, which QEMU gets nothing of: it must make no endless difference.
  const expanderBuses = { "0000:15": { busNr: 64, slot: 6, cell: 0 } };
  const pci = { expanderBuses, controllerAts: "on" };
  const base = { name, type: "qemu", firmware: "bios", running: false, guestAgent: false, cells, ...pci };
  const cpu = { sockets: 1, cores: 1, threads: 1 };
  const program = (disks: object, interfaces: object) => stack.domains({ vm: { ...base, cpu, disks, interfaces } });

  const byName = () => ({
    disks: {
      alone: { source: { pool: storage.pool, volume: "a.qcow2" } },
      pooled: { source: { pool: storage.pool, volume: "b.qcow2" } },
      path: { source: { pool: storage.pool, volume: "c.qcow2" } },
      named: { source: { pool: storage.pool, volume: "d.qcow2" } },
    },
    interfaces: { lan: { network: storage.network }, wan: { network: storage.network } },
  });
  const byId = () => ({
    disks: {
      alone: { source: { volume: storage.volumeId("a.qcow2") } },
      pooled: { source: { pool: storage.poolId, volume: "b.qcow2" } },
      path: { source: { pool: storage.pool, volume: storage.volumeId("c.qcow2") } },
      named: { source: { pool: storage.pool, volume: "d.qcow2" } },
    },
    interfaces: { lan: { network: storage.networkId }, wan: { network: storage.network } },
  });
  const use = ({ disks, interfaces }: { disks: object; interfaces: object }) => program(disks, interfaces);
  const names = () => [
    ...["a", "b", "c", "d"].map((volume) => `pool='${storage.pool}' volume='${volume}.qcow2'`),
    ...[`network='${storage.network}'`, `network='${storage.network}'`],
  ];

  before(async () => {
    await stack.init();
    storage.create("a.qcow2", "b.qcow2", "c.qcow2", "d.qcow2", "other.qcow2");
  });
  after(async () => {
    await stack.discard();
    storage.discard();
  });

  it("are refused at once, each by its property, where libvirt knows no such id, and nothing is defined", async () => {
    const nobody = "00000000-0000-4000-8000-000000000001";
    program(
      {
        alone: { source: { volume: "/nowhere/a.qcow2" } },
        pooled: { source: { pool: nobody, volume: "b.qcow2" } },
        path: { source: { pool: storage.pool, volume: "/nowhere/c.qcow2" } },
      },
      { lan: { network: nobody } },
    );
    const { code, text } = await stack.up();
    notEqual(code, 0);
    for (const property of [
      "disks.alone.source.volume: no active pool has a volume",
      "disks.pooled.source.pool: pool 00000000",
      "disks.path.source.volume: pool",
      "interfaces.lan.network: there is no network with the UUID",
    ]) {
      match(text, new RegExp(property.replaceAll(".", "\\.")));
    }
    match(text, /libvirt says: /);
    equal(await stack.resource("vm"), undefined);
  });

  it("are in the definition by the names that libvirt takes", async () => {
    use(byId());
    await stack.mustUp();
    const xml = definitionOf(name);
    deepEqual(namedIn(xml), names().sort());
    match(xml, /model='pcie-expander-bus'>(?:(?!<\/controller>)[\s\S])*<driver ats='on'\/>/);
  });

  it("are in the state as the program says them: nothing to do at a second up, clean at refresh", async () => {
    const { outputs } = await mustBeThere(stack, "vm");
    const { disks, interfaces } = outputs as ReturnType<typeof byId>;
    const wanted = byId();
    for (const [disk, { source }] of Object.entries(wanted.disks)) {
      deepEqual(disks[disk as keyof typeof disks].source, source, disk);
    }
    equal(interfaces.lan.network, wanted.interfaces.lan.network);
    equal(interfaces.wan.network, wanted.interfaces.wan.network);
    await stack.mustUp("--expect-no-changes");
    mustEnd(await stack.refresh("--expect-no-changes"));
  });

  it("show as drift by the name of what took their place, and are mended", async () => {
    edit(name, [/volume='a\.qcow2'/, "volume='other.qcow2'"]);
    const [step] = (await stack.steps()).filter(({ op }) => op === "update");
    match(JSON.stringify(Object.keys(step?.detailedDiff ?? {})), /disks\.alone\.source/);
    await stack.mustUp();
    deepEqual(namedIn(definitionOf(name)), names().sort());
    await stack.mustBeSettled();
  });

  it("are defined anew by no change of how they are said", async () => {
    stack.shim.calls();
    const before = definitionOf(name);
    use(byName());
    await stack.mustUp();
    use(byId());
    await stack.mustUp();
    doesNotMatch(stack.shim.calls().join("\n"), /\bdefine\b/);
    equal(definitionOf(name), before);
    await stack.mustBeSettled();
  });

  it("are imported by name", async () => {
    const other = stack.sibling("imported");
    try {
      await other.init();
      mustEnd(await other.import("gpudirect:index:Domain", "vm", `local/domain/${name}`));
      const inputs = (await mustBeThere(other, "vm")).inputs as ReturnType<typeof byName>;
      deepEqual(inputs.disks.alone.source, { pool: storage.pool, volume: "a.qcow2" });
      equal(inputs.interfaces.lan.network, storage.network);
    } finally {
      await other.discard();
    }
  });
});
