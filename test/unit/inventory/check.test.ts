import { deepEqual, equal, ok } from "node:assert/strict";
import * as fc from "fast-check";
import { Unknown } from "../../../core/diff/unknown";
import { checked, problemsOf } from "./checked";

const ssh = { address: "10.0.0.7" };
const guest = (host: unknown) => ({ guestAgent: { host, domain: "vm" } });
/** A failing run is repeated with FC_SEED=<the printed seed>. */
const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);

describe("check of the inventory", () => {
  it("finds everything at once, with its path", () => {
    deepEqual(
      problemsOf({
        hosts: {
          local: { ssh, ...guest("node7") },
          node7: { ssh: { ...ssh, port: 0 } },
          "node-8": {},
          "node-9": { ssh, ...guest("node7") },
          typo: guest("node6"),
          far: guest("elsewhere"),
          self: guest("self"),
          nested: guest("typo"),
          "a.b": { bmc: { address: "https://a", user: "u" } },
          fine: guest("node7"),
          here: guest("local"),
        },
      }),
      {
        "hosts.local.ssh":
          "local is the machine that the provider runs on and is not reached by ssh; give this machine another name.",
        "hosts.local.guestAgent":
          "local is the machine that the provider runs on and is not reached by guestAgent; give this machine another name.",
        "hosts.node7.ssh.port": "Must be at least 1.",
        'hosts["node-8"]': "node-8 needs ssh or guestAgent: how the machine is reached.",
        'hosts["node-9"]': "node-9 has both ssh and guestAgent; keep the one that the machine is to be reached by.",
        "hosts.typo.guestAgent.host": 'There is no machine "node6" in the provider\'s hosts; did you mean node7?',
        "hosts.far.guestAgent.host":
          'There is no machine "elsewhere" in the provider\'s hosts; there are local, a.b, far, fine, here, nested, node-8, node-9, node7, self and 1 more.',
        "hosts.self.guestAgent.host": "self cannot be its own host; name the machine that the guest runs on.",
        "hosts.nested.guestAgent.host": "typo is itself reached by guestAgent; a guest within a guest needs ssh.",
        'hosts["a.b"]': "a.b needs ssh or guestAgent: how the machine is reached.",
        'hosts["a.b"].bmc.password': "Is required.",
      },
    );
  });

  it("finds guests that are each other's hosts", () => {
    deepEqual(Object.keys(problemsOf({ hosts: { a: guest("b"), b: guest("a") } })).sort(), [
      "hosts.a.guestAgent.host",
      "hosts.b.guestAgent.host",
    ]);
  });

  it("lets unknowns pass, and finds what is wrong beside them", () => {
    const unknown = new Unknown("string");
    equal(checked({ hosts: new Unknown("object") }).problems.length, 0);
    deepEqual(
      problemsOf({
        hosts: {
          a: unknown,
          b: { ssh: unknown },
          c: { ssh: { address: unknown, port: 0 } },
          d: guest(unknown),
          e: guest("a"),
          f: guest("nowhere"),
          g: { ssh: { ...ssh, password: unknown, privateKey: unknown, hostKeys: [unknown] } },
        },
        takeOverFrom: [unknown, "x"],
      }),
      {
        "hosts.c.ssh.port": "Must be at least 1.",
        "hosts.f.guestAgent.host":
          'There is no machine "nowhere" in the provider\'s hosts; there are local, a, b, c, d, e, f, g.',
        "takeOverFrom[1]": 'Must be a stack as "project/stack".',
      },
    );
  });

  it(`never throws, and every problem has a path and quotes no secret (seed ${seed})`, () => {
    const token = "tOkEn-4711";
    const text = fc.oneof(fc.string(), fc.constantFrom("local", "a", "-v", "constructor", "toString", "\n", "node7"));
    const junk = fc.oneof(fc.anything({ maxDepth: 2 }).filter(isJson), fc.constant(new Unknown("string")), text);
    const secret = fc.oneof(
      junk,
      fc.constantFrom(token, `${token}\n`, `-----BEGIN ${token}`, `ssh-rsa AAAA${token}`, `/${token}`),
    );
    const maybe = { requiredKeys: [] as [] };
    const access = fc.record(
      { address: junk, port: junk, user: junk, hostKeys: junk, jump: junk, password: secret, privateKey: secret },
      maybe,
    );
    const agent = fc.record({ host: fc.oneof(text, junk), domain: fc.oneof(text, junk) }, maybe);
    const bmc = fc.record({ address: junk, user: junk, password: secret }, maybe);
    const host = fc.record(
      {
        ssh: fc.oneof(access, junk),
        guestAgent: fc.oneof(agent, junk),
        bmc: fc.oneof(bmc, junk),
        libvirtUri: junk,
      },
      maybe,
    );
    const hosts = fc.dictionary(text, fc.oneof(host, junk), { noNullPrototype: true });
    fc.assert(
      fc.property(fc.record({ hosts: fc.oneof(hosts, junk), takeOverFrom: junk, x: junk }, maybe), (config) => {
        for (const { path, message } of checked(config).problems) {
          ok(/^(hosts|takeOverFrom|x)/.test(path), `${path}: ${message}`);
          ok(/^\S.*[.?]$/s.test(message), message);
          ok(!message.includes(token), message);
        }
      }),
      { numRuns: 2000, seed },
    );
  });
});

/** What a message can bring: no symbols, functions, dates. */
function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}
