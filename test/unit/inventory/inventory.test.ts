import { deepEqual, equal, notEqual, ok, rejects, throws } from "node:assert/strict";
import type { PlainObject } from "../../../core/diff/plain";
import { Unknown } from "../../../core/diff/unknown";
import { createInventory } from "../../../provider/inventory/inventory";
import type { Reaches } from "../../../provider/inventory/reaches";
import { InvalidRequest } from "../../../provider/protocol/errors";
import { MachineUnknown } from "../../../provider/protocol/inventory";
import type { Reach } from "../../../provider/reach/reach";
import { checked } from "./checked";

/** Reaches that reach nothing, and what was made and closed of them. */
class FakeReaches implements Reaches {
  readonly made: string[] = [];
  readonly closed: string[] = [];

  local = () => this.make("this machine", "local");
  ssh: Reaches["ssh"] = (name, access) => this.make(name, `${name} by ssh ${JSON.stringify(access)}`);
  guest: Reaches["guest"] = (name, { domain }, host) =>
    this.make(name, `${name}: ${domain} on ${host.access.name} ${host.access.libvirtUri ?? ""}`.trim());

  redfish: Reaches["redfish"] = (machine, { address, password }) => {
    this.made.push(`${machine}'s BMC ${address} ${password}`);
    const never = () => Promise.reject(new Error("reaches nothing"));
    const close = async () => {
      this.closed.push(`${machine}'s BMC`);
    };
    return { machine, readBios: never, writeBios: never, close };
  };

  private make(machine: string, what: string): Reach {
    this.made.push(what);
    const never = () => Promise.reject(new Error("reaches nothing"));
    const close = async () => {
      this.closed.push(machine);
    };
    return { machine, run: never, runProgram: never, lock: never, close };
  }
}

const made = (config: PlainObject) => {
  const { config: filled, problems } = checked(config);
  deepEqual(problems, []);
  const reaches = new FakeReaches();
  return { inventory: createInventory(filled, reaches), reaches };
};
const hosts = {
  local: { libvirtUri: "test:///default" },
  node7: { ssh: { address: "10.0.0.7", password: "a" }, libvirtUri: "qemu:///system" },
  vm1: { guestAgent: { host: "node7", domain: "train-0" } },
  vm2: { guestAgent: { host: "node7", domain: "train-1" }, libvirtUri: "qemu:///session" },
  vm3: { guestAgent: { host: "local", domain: "train-2" } },
};

describe("inventory", () => {
  it("makes machines when they are asked for, once", () => {
    const { inventory, reaches } = made({ hosts });
    deepEqual(reaches.made, []);
    const node7 = inventory.machine("node7");
    equal(inventory.machine("node7"), node7);
    deepEqual(reaches.made, [
      'node7 by ssh {"address":"10.0.0.7","password":"a","connectTimeoutSeconds":15,"sudo":true}',
    ]);
    equal(node7.access.name, "node7");
    equal(node7.access.reach.machine, "node7");
    equal(node7.access.libvirtUri, "qemu:///system");
  });

  it("has the machine that it runs on, under its own wording", () => {
    const bare = made({});
    const { access } = bare.inventory.machine("local");
    deepEqual([access.name, access.reach.machine, access.libvirtUri], ["local", "this machine", undefined]);
    equal(bare.inventory.problemOf("local", false), undefined);
    equal(made({ hosts }).inventory.machine("local").access.libvirtUri, "test:///default");
  });

  it("gives guests their host's one connection", () => {
    const { inventory, reaches } = made({ hosts });
    const [vm1, vm2, node7] = [inventory.machine("vm1"), inventory.machine("vm2"), inventory.machine("node7")];
    notEqual(vm1, vm2);
    deepEqual(
      [vm1, vm2, node7].map(({ access }) => access.libvirtUri),
      [undefined, "qemu:///session", "qemu:///system"],
    );
    inventory.machine("vm3");
    deepEqual(
      reaches.made.map((what) => what.replace(/ by ssh.*/, "")),
      [
        "node7",
        "vm1: train-0 on node7 qemu:///system",
        "vm2: train-1 on node7 qemu:///system",
        "local",
        "vm3: train-2 on local test:///default",
      ],
    );
  });

  it("knows a machine by its name and connection, however the connection is written", () => {
    const { inventory, reaches } = made({ hosts });
    const connection = (password: string) => ({ ssh: { sudo: true, password, address: "10.0.0.9" } });
    const fresh = inventory.machine("fresh", connection("b"));
    equal(
      inventory.machine("fresh", { ssh: { address: "10.0.0.9", password: "b", connectTimeoutSeconds: 15 } }),
      fresh,
    );
    notEqual(inventory.machine("fresh", connection("c")), fresh);
    notEqual(inventory.machine("other", connection("b")), fresh);
    notEqual(inventory.machine("node7", connection("b")), inventory.machine("node7"));
    const same = { ssh: { address: "10.0.0.7", password: "a" }, libvirtUri: "qemu:///system" };
    equal(inventory.machine("node7", same), inventory.machine("node7"));
    equal(reaches.made.length, 5);
    const guest = inventory.machine("vm9", { guestAgent: { host: "node7", domain: "x" } });
    equal(guest.access.reach.machine, "vm9");
    equal(reaches.made.at(-1), "vm9: x on node7 qemu:///system");
    equal(reaches.made.length, 6);
  });

  it("says which machine may have been meant, and which there are", () => {
    const { inventory } = made({ hosts });
    const missing = 'There is no machine "node8" in the provider\'s hosts; did you mean node7?';
    deepEqual(inventory.problemOf("node8", false), { path: "host", message: missing });
    throws(() => inventory.machine("node8"), new InvalidRequest(missing));
    const strange = 'There is no machine "constructor" in the provider\'s hosts; there are';
    ok(inventory.problemOf("constructor", false)?.message.startsWith(`${strange} local, node7, vm1, vm2, vm3.`));
    equal(inventory.problemOf("node7", false), undefined);
    equal(inventory.problemOf("node8", true), undefined);
    equal(inventory.problemOf("local", true)?.path, "connection");
    deepEqual(made({}).inventory.problemOf("node7", false)?.message.endsWith("; there are local."), true);
  });

  const bmc = { address: "https://10.1.0.7", user: "admin", password: "p" };

  it("gives a machine the BMC of its entry or connection", async () => {
    const { inventory, reaches } = made({
      hosts: { ...hosts, node8: { ssh: { address: "10.0.0.8" }, bmc }, local: { bmc } },
    });
    equal(inventory.machine("node7").reading.redfish, undefined);
    for (const name of ["node8", "local"]) equal(inventory.machine(name).reading.redfish?.machine, name);
    const fresh = inventory.machine("fresh", { ssh: { address: "a" }, bmc: { ...bmc, password: "q" } });
    equal(fresh.access.redfish?.machine, "fresh");
    const before = inventory.machine("fresh", { ssh: { address: "a" }, bmc });
    // Another password is another way to the same machine: ids are made of its name alone.
    notEqual(before, fresh);
    equal(before.access.name, fresh.access.name);
    deepEqual(
      reaches.made.filter((what) => what.includes("BMC")),
      ["node8", "local", "fresh"]
        .map((name) => `${name}'s BMC https://10.1.0.7 ${name === "fresh" ? "q" : "p"}`)
        .concat("fresh's BMC https://10.1.0.7 p"),
    );
    await inventory.close();
    equal(reaches.closed.filter((name) => name.includes("BMC")).length, 4);
  });

  it("knows a machine before its BMC is known, and then not what is on the BMC", async () => {
    const unknown = new Unknown("string");
    const { inventory } = made({ hosts: { d: { ssh: { address: "d" }, bmc: { ...bmc, address: unknown } } } });
    const connection = { ssh: { address: "e" }, bmc: unknown };
    for (const machine of [inventory.machine("d"), inventory.machine("e", connection)]) {
      const { redfish } = machine.reading;
      const options = { signal: new AbortController().signal };
      await rejects(async () => redfish?.readBios(undefined, options), MachineUnknown);
      await rejects(async () => redfish?.writeBios(undefined, {}, options), MachineUnknown);
    }
    await inventory.close();
    throws(
      () => inventory.machine("f", { ssh: { address: "f" }, bmc: { ...bmc, user: "a:b" } }),
      new InvalidRequest("how f is reached is wrong: bmc.user: Must be a user name without blanks and colons."),
    );
  });

  const wrong: [name: string, connection: PlainObject, message: RegExp][] = [
    ["local", { ssh: { address: "a" } }, /^local is the machine that the provider runs on and takes no connection/],
    ["x", {}, /^how x is reached is wrong: Needs ssh or guestAgent/],
    ["x", { ssh: { address: "-v" } }, /^how x is reached is wrong: ssh\.address: Must be a host name/],
    ["x", { guestAgent: { host: "vm1", domain: "x" } }, /guestAgent\.host: vm1 is itself reached by guestAgent/],
    ["x", { guestAgent: { host: "x", domain: "x" } }, /guestAgent\.host: x cannot be its own host/],
    ["x", { guestAgent: { host: "node9", domain: "x" } }, /guestAgent\.host: There is no machine "node9"/],
  ];
  for (const [name, connection, message] of wrong) {
    it(`refuses the connection ${JSON.stringify(connection)} of ${name}`, () => {
      const { inventory, reaches } = made({ hosts });
      throws(() => inventory.machine(name, connection), { name: "InvalidRequest", message });
      deepEqual(reaches.made, []);
    });
  }

  it("does not know machines whose access is unknown yet, and knows the others", () => {
    const unknown = new Unknown("string");
    const { inventory } = made({
      hosts: {
        a: unknown,
        b: { ssh: { address: "b", password: unknown } },
        c: { guestAgent: { host: "b", domain: "x" } },
        d: { ssh: { address: "d" }, bmc: unknown },
        e: { guestAgent: { host: unknown, domain: "x" } },
      },
    });
    for (const name of ["a", "b", "c", "e"]) {
      equal(inventory.problemOf(name, false), undefined);
      throws(() => inventory.machine(name), MachineUnknown);
    }
    for (const name of ["d", "local"]) equal(inventory.machine(name).access.name, name);
    throws(() => inventory.machine("z", { ssh: { address: unknown } }), MachineUnknown);
    throws(() => inventory.machine("z"), InvalidRequest);
  });

  it("knows only what has a connection while the hosts as a whole are unknown", () => {
    const { inventory } = made({ hosts: new Unknown("object"), takeOverFrom: ["a/b"] });
    for (const name of ["node7", "local"]) {
      equal(inventory.problemOf(name, false), undefined);
      throws(() => inventory.machine(name), MachineUnknown);
    }
    equal(inventory.machine("node7", { ssh: { address: "a" } }).access.name, "node7");
    throws(() => inventory.machine("vm", { guestAgent: { host: "node7", domain: "x" } }), MachineUnknown);
    deepEqual(inventory.takeOverFrom, ["a/b"]);
  });

  it("works with no configuration at all", () => {
    const inventory = createInventory({}, new FakeReaches());
    deepEqual(inventory.takeOverFrom, []);
    equal(inventory.machine("local").access.name, "local");
  });

  it("closes every connection that it made", async () => {
    const { inventory, reaches } = made({ hosts });
    for (const name of ["vm1", "local"]) inventory.machine(name);
    await inventory.close();
    deepEqual(reaches.closed.sort(), ["node7", "this machine", "vm1"]);
  });
});
