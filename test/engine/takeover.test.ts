import { equal, match, notEqual } from "node:assert/strict";
import { smallDomain } from "./support/settings";
import { Stack } from "./support/stack";
import { define, definitionOf } from "./support/virsh";

describe("a domain of the same name", () => {
  const stack = new Stack();
  const foreign = stack.name("foreign");
  const xml = `<domain type='qemu'><name>${foreign}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
    <os><type machine='q35'>hvm</type></os>
    <cpu><numa><cell id='0' cpus='0' memory='64' unit='MiB'/></numa></cpu>
    <devices><interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/></interface></devices></domain>`;
  before(() => stack.init());
  after(() => stack.discard());

  it("that nobody's stack made is refused by name, and stays as it is", async () => {
    define(xml);
    const found = definitionOf(foreign);
    stack.domains({ vm: smallDomain(foreign) });
    const { code, text } = await stack.up();
    notEqual(code, 0);
    match(text, new RegExp(`Domain local/domain/${foreign} is there already and was not made by this provider`));
    match(text, new RegExp(`import it by the id local/domain/${foreign}`));
    equal(definitionOf(foreign), found);
  });

  it("can be imported by its id, which writes nothing, and the preview after that is empty", async () => {
    const found = definitionOf(foreign);
    const args = {
      name: foreign,
      type: "qemu",
      firmware: "bios",
      running: false,
      guestAgent: false,
      cpu: { sockets: 1, cores: 1, threads: 1 },
      cells: { 0: { cpus: "0", memoryMiB: 64 } },
      interfaces: { "52-54-00-11-22-33": { network: "default" } },
    };
    stack.domains({ vm: args }, { import: `local/domain/${foreign}` });
    await stack.mustUp();
    equal(definitionOf(foreign), found);
    stack.domains({ vm: args });
    await stack.mustBeSettled();
  });

  it("stays as it is when the stack gives up what it only imported", async () => {
    const found = definitionOf(foreign);
    stack.domains({});
    const { text } = await stack.mustUp();
    match(text, new RegExp(`local/domain/${foreign} is left as it is`));
    equal(definitionOf(foreign), found);
  });

  it("that another stack made is refused by that stack's name", async () => {
    const other = new Stack();
    try {
      await other.init();
      const name = other.name("vm");
      other.domains({ vm: smallDomain(name) });
      await other.mustUp();
      const found = definitionOf(name);
      stack.domains({ twin: smallDomain(name) });
      const { code, text } = await stack.up();
      notEqual(code, 0);
      match(text, new RegExp(`Domain local/domain/${name} belongs to stack ${other.fullName} `));
      equal(definitionOf(name), found);
    } finally {
      await other.discard();
    }
  });
});
