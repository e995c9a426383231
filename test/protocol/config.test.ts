import { deepEqual, equal, match, ok } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import * as fc from "fast-check";
import { signatureKey, signatures, unknownSentinels } from "../../provider/protocol/sentinels";
import { failure, type Json, Plugin, plain, secret, struct } from "./support/plugin";

const urn = "urn:pulumi:dev::project::pulumi:providers:gpudirect::default";
const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
const output = (value: unknown, isSecret = false): Json => ({
  [signatureKey]: signatures.output,
  value,
  secret: isSecret,
});

describe("protocol: the provider's configuration", () => {
  let plugin: Plugin;
  before(async () => {
    const entry = join(__dirname, "../../provider/main.ts");
    plugin = await Plugin.start(entry, { GPUDIRECT_VERSION: '"0.0.1"' });
  });
  after(() => plugin.stop());

  const token = `tOkEn-${randomBytes(12).toString("hex")}`;
  const node7 = (ssh: Json = {}): Json => ({ node7: { ssh: { address: "10.0.0.7", ...ssh } } });
  const text = JSON.stringify;

  const checkConfig = async (config: Json) => {
    const response: pb.CheckResponse = await plugin.call(
      "checkConfig",
      new pb.CheckRequest().setUrn(urn).setNews(struct(config)),
    );
    return {
      inputs: plain(response.getInputs()),
      failures: Object.fromEntries(response.getFailuresList().map((one) => [one.getProperty(), one.getReason()])),
    };
  };
  const configure = (args: Json): Promise<pb.ConfigureResponse> =>
    plugin.call("configure", new pb.ConfigureRequest().setArgs(struct(args)).setAcceptsecrets(true));
  const diffConfig = async (olds: Json, news: Json) => {
    const message = new pb.DiffRequest().setUrn(urn).setOldInputs(struct(olds)).setNews(struct(news));
    const response: pb.DiffResponse = await plugin.call("diffConfig", message);
    deepEqual(response.getReplacesList(), []);
    return response.getChanges();
  };

  describe("CheckConfig", () => {
    it("answers in the encoding that it got, without defaults", async () => {
      for (const config of [
        {},
        { hosts: node7() },
        { hosts: text(node7()), takeOverFrom: '["train/dev"]' },
        { hosts: { node7: text(node7().node7) }, takeOverFrom: ["train/dev"] },
        { hosts: ' {"node7": {"ssh": {"address": "a", "port": "2222", "sudo": "false"}}} ', version: "0.0.1" },
      ]) {
        deepEqual(await checkConfig(config), { inputs: config, failures: {} });
      }
    });

    it("finds every problem at once, in texts and beside them", async () => {
      const { failures } = await checkConfig({
        hosts: text({ node7: { ssh: { port: 0 } }, vm: { guestAgent: { host: "node8", domain: "train-0" } }, x: {} }),
        takeOverFrom: '["train"]',
        hots: "x",
      });
      deepEqual(failures, {
        "hosts.node7.ssh.address": "Is required.",
        "hosts.node7.ssh.port": "Must be at least 1.",
        "hosts.vm.guestAgent.host": 'There is no machine "node8" in the provider\'s hosts; did you mean node7?',
        "hosts.x": "x needs ssh or guestAgent: how the machine is reached.",
        "takeOverFrom[0]": 'Must be a stack as "project/stack".',
        hots: "There is no such field; did you mean hosts?",
      });
    });

    it("names the property of a text that says nothing, and does not quote it", async () => {
      const broken = `{"node7": {"ssh": {"password": "${token}"`;
      const { failures } = await checkConfig({ hosts: broken, takeOverFrom: token });
      deepEqual(failures, {
        hosts: 'Must be a map, such as {"key": "value"}, and is not valid JSON.',
        takeOverFrom: 'Must be a list, such as ["a"], and is not valid JSON.',
      });
      const inner = { node7: { ssh: { address: "a", sudo: token, port: token } }, b: token };
      deepEqual((await checkConfig({ hosts: text(inner) })).failures, {
        "hosts.node7.ssh.sudo": "Must be true or false.",
        "hosts.node7.ssh.port": "Must be a number.",
        "hosts.b": 'Must be a map, such as {"key": "value"}, and is not valid JSON.',
      });
      deepEqual((await checkConfig({ hosts: "5", takeOverFrom: '"x"' })).failures, {
        hosts: "Must be a map, not a number.",
        takeOverFrom: "Must be a list, not a string.",
      });
      deepEqual((await checkConfig({ hosts: `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}` })).failures, {
        hosts: "Is nested deeper than 200 levels.",
      });
    });

    it("marks what the schema knows as secret: the place, or the whole text", async () => {
      const hosts = node7({ password: token, user: "ops" });
      deepEqual((await checkConfig({ hosts })).inputs, { hosts: node7({ password: secret(token), user: "ops" }) });
      deepEqual((await checkConfig({ hosts: text(hosts) })).inputs, { hosts: secret(text(hosts)) });
      const entry = text(hosts.node7);
      deepEqual((await checkConfig({ hosts: { node7: entry } })).inputs, { hosts: { node7: secret(entry) } });
    });

    it("keeps secret what came so", async () => {
      const hosts = text(node7());
      for (const config of [
        { hosts: secret(hosts) },
        { hosts: secret(node7()) },
        { hosts: node7({ address: secret(token) }) },
        { takeOverFrom: secret('["a/b"]') },
      ]) {
        deepEqual(await checkConfig(config), { inputs: config, failures: {} });
      }
      deepEqual((await checkConfig({ hosts: output(hosts, true) })).inputs, { hosts: secret(hosts) });
      // A secret within a text, as a program that stringifies serialized values writes it.
      const inside = text(node7({ address: secret(token) }));
      deepEqual(await checkConfig({ hosts: inside }), { inputs: { hosts: secret(inside) }, failures: {} });
    });

    it("lets unknowns pass, in texts too, and finds what is wrong beside them", async () => {
      for (const unknown of Object.values(unknownSentinels)) {
        for (const config of [
          { hosts: unknown, takeOverFrom: unknown },
          { hosts: { a: unknown, ...node7({ port: unknown }) } },
          { hosts: text({ a: unknown, ...node7({ port: unknown }) }) },
        ]) {
          deepEqual(await checkConfig(config), { inputs: config, failures: {} });
        }
      }
      const { failures } = await checkConfig({ hosts: text(node7({ address: unknownSentinels.string, port: 0 })) });
      deepEqual(failures, { "hosts.node7.ssh.port": "Must be at least 1." });
      deepEqual((await checkConfig({ hosts: { [signatureKey]: signatures.output } })).failures, {});
    });

    it("shows no secret, in whatever form and place it came", async () => {
      const lines = Array.from({ length: 4 }, () => randomBytes(24).toString("base64"));
      const broken = ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines].join("\n");
      const hostile = {
        hosts: { node7: { ssh: { address: 1, user: "-l", password: `${token}\n`, privateKey: broken } } },
      };
      for (const config of [
        hostile,
        { hosts: text(hostile.hosts) },
        { hosts: secret(text(hostile.hosts)) },
        { hosts: { vm: { guestAgent: { host: secret(token), domain: "x" } } } },
        { hosts: text({ vm: { guestAgent: { host: secret(token), domain: "x" } } }) },
        { hosts: secret({ vm: { guestAgent: { host: token, domain: "x" } } }) },
        { hosts: node7({ password: token, port: 0 }), takeOverFrom: secret([token]) },
      ]) {
        const { inputs, failures } = await checkConfig(config);
        ok(Object.keys(failures).length > 0);
        for (const hidden of [token, ...lines]) ok(!text(failures).includes(hidden), text(failures));
        ok(!text(unsecret(inputs)).includes(token), text(inputs));
      }
    });

    it("shows user names and machines where only the whole text is secret", async () => {
      const hosts = {
        node7: { ssh: { address: "a", password: token } },
        vm: { guestAgent: { host: "nodo7", domain: "x" } },
      };
      const { failures } = await checkConfig({ hosts: secret(text(hosts)) });
      match(failures["hosts.vm.guestAgent.host"] ?? "", /no machine "nodo7".*did you mean node7/);
    });

    it("survives anything", async () => {
      const value = fc.oneof(
        fc.jsonValue({ maxDepth: 3 }),
        fc.json({ maxDepth: 3 }),
        fc.string(),
        fc.constantFrom(secret('{"a":1}'), output("[]"), ...Object.values(unknownSentinels)),
      );
      const config = fc.record({ hosts: value, takeOverFrom: value }, { requiredKeys: [] });
      await fc.assert(
        fc.asyncProperty(config, async (given) => {
          await checkConfig(JSON.parse(text(given)));
          await diffConfig({}, JSON.parse(text(given)));
        }),
        { numRuns: 200 },
      );
    });
  });

  describe("DiffConfig", () => {
    it("compares what the settings say, and never replaces", async () => {
      const same: [Json, Json][] = [
        [{ hosts: node7() }, { hosts: text(node7()) }],
        [{ hosts: '{"a": {"ssh": {"address": "b"}}}' }, { hosts: secret('{"a":{"ssh":{"address":"b"}}}') }],
        [{ takeOverFrom: ["a/b"] }, { takeOverFrom: '[ "a/b" ]', version: "0.0.2" }],
        [{ hosts: node7({ port: 22 }) }, { hosts: text(node7({ port: "22" })) }],
      ];
      for (const [olds, news] of same) equal(await diffConfig(olds, news), DIFF_NONE);
      const other: [Json, Json][] = [
        [{ hosts: node7({ password: "a" }) }, { hosts: text(node7({ password: "b" })) }],
        [{}, { hosts: node7() }],
        [{ hosts: node7() }, { hosts: unknownSentinels.string }],
        [{ hosts: text(node7()) }, { hosts: "{" }],
      ];
      for (const [olds, news] of other) equal(await diffConfig(olds, news), DIFF_SOME);
    });
  });

  describe("Configure", () => {
    it("takes configuration in every encoding, also unknown in part", async () => {
      for (const args of [
        {},
        { hosts: node7({ password: secret(token) }), version: "0.0.1" },
        { hosts: secret(text(node7({ password: token }))) },
        { hosts: text(node7({ address: unknownSentinels.string })) },
        { hosts: unknownSentinels.object },
      ]) {
        const response = await configure(args);
        deepEqual(
          [response.getAcceptsecrets(), response.getSupportspreview(), response.getAcceptresources()],
          [true, true, true],
        );
      }
    });

    it("refuses wrong configuration, with every problem, and shows no secret", async () => {
      const hosts = { node7: { ssh: { address: "-v", password: `${token}\n` } }, x: {} };
      for (const given of [hosts, text(hosts), secret(text(hosts))]) {
        const { code, details } = await failure(configure({ hosts: given, takeOverFrom: "[" }));
        equal(code, 3);
        ok(!details.includes(token), details);
        for (const path of ["hosts.node7.ssh.address: ", "hosts.node7.ssh.password: ", "hosts.x: ", "takeOverFrom: "]) {
          ok(details.includes(path), details);
        }
      }
    });

    it("falls back to the variables that older engines send", async () => {
      const message = new pb.ConfigureRequest();
      const variables = message.getVariablesMap();
      variables.set("gpudirect:config:hosts", text({ node7: {} }));
      variables.set("other:config:hosts", "{");
      const { code, details } = await failure(plugin.call("configure", message));
      deepEqual([code, details], [3, "hosts.node7: node7 needs ssh or guestAgent: how the machine is reached."]);
      variables.set("gpudirect:config:hosts", text(node7()));
      await plugin.call("configure", message);
    });

    const readOn = async (machine: string) => {
      const message = new pb.ReadRequest()
        .setUrn("urn:pulumi:dev::project::gpudirect:index:Domain::vm")
        .setType("gpudirect:index:Domain")
        .setId(`${machine}/domain/train-0`);
      const { code, details } = await failure(plugin.call("read", message));
      equal(code, 3);
      return details;
    };

    it("knows its machines from then on", async () => {
      await configure({ hosts: text(node7()) });
      match(await readOn("node8"), /There is no machine "node8" in the provider's hosts; did you mean node7\?/);
    });

    it("hides its secrets in whatever fails from then on", async () => {
      await configure({ hosts: secret(text(node7({ password: token }))) });
      match(await readOn(token), /There is no machine "\[secret\]"/);
    });
  });
});

/** The value with every secret taken out. */
function unsecret(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unsecret);
  if (typeof value !== "object" || value === null) return value;
  if (signatureKey in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unsecret(item)]));
}
