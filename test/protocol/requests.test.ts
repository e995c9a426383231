import { deepEqual, equal, match, ok } from "node:assert/strict";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import * as fc from "fast-check";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { signatureKey, signatures, unknownSentinels } from "../../provider/protocol/sentinels";
import { failure, type Json, Plugin, plain, secret, struct, urn } from "./support/plugin";

describe("protocol: requests", () => {
  let plugin: Plugin;
  before(async () => {
    plugin = await Plugin.start();
  });
  after(() => plugin.stop());

  const good: Json = { file: "/tmp/x.json", size: 4 };
  const send = (news: Struct): Promise<pb.CheckResponse> =>
    plugin.call("check", new pb.CheckRequest().setUrn(urn).setNews(news));
  /** What is filled in where an input does not say it. */
  const defaults = { host: "local", owner: "root", mode: "plain", restoreOnDelete: true };
  const check = async (inputs: Json) => {
    const response = await send(struct(inputs));
    return {
      inputs: plain(response.getInputs()),
      failures: Object.fromEntries(response.getFailuresList().map((one) => [one.getProperty(), one.getReason()])),
    };
  };

  describe("check", () => {
    it("fills in defaults, nested ones too", async () => {
      const { inputs, failures } = await check({ ...good, disks: { a: { sizeGiB: 1 } } });
      deepEqual(failures, {});
      deepEqual(inputs, { ...good, ...defaults, disks: { a: { sizeGiB: 1, bus: "virtio" } } });
    });

    it("reports every problem at once with its path", async () => {
      const { failures } = await check({
        size: 0,
        sise: 1,
        labels: { OK: "x", fine: 3 },
        disks: { "0000:17:00.0": { sizeGiB: "big", bos: "virtio" } },
        limits: { cpu: true },
        mode: "plane",
        amount: {},
        numbers: [1, "two"],
      });
      deepEqual(failures, {
        file: "Is required.",
        size: "Must be at least 1.",
        sise: "There is no such field; did you mean size?",
        "labels.OK": "The key is not allowed: it must be lower case.",
        "labels.fine": "Must be a string, not a number.",
        'disks["0000:17:00.0"].sizeGiB': "Must be a number, not a string.",
        'disks["0000:17:00.0"].bos': "There is no such field; did you mean bus?",
        "limits.cpu": "Must be a number, not a boolean.",
        mode: 'Must be one of "plain", "reject", "half", "hang", "unverified", "stubborn", "crash".',
        amount: 'Must be "all", or must be a number, not an object, or must be a list, not an object.',
        "numbers[1]": "Must be a number, not a string.",
      });
    });

    it("lets unknowns of all seven types pass at any depth, and keeps them", async () => {
      const sentinels = Object.values(unknownSentinels);
      equal(new Set(sentinels).size, 7);
      for (const unknown of sentinels) {
        const wanted = {
          ...good,
          labels: { a: unknown },
          disks: { a: { sizeGiB: unknown } },
          limits: unknown,
          numbers: [1, unknown],
          amount: [unknown],
        };
        const { inputs, failures } = await check(wanted);
        deepEqual(failures, {});
        deepEqual(inputs, {
          ...wanted,
          ...defaults,
          disks: { a: { sizeGiB: unknown, bus: "virtio" } },
        });
      }
      const { failures } = await check({
        file: unknownSentinels.string,
        size: "x",
        limits: { cpu: unknownSentinels.number, x: 1 },
      });
      deepEqual(Object.keys(failures).sort(), ["limits.x", "size"]);
    });

    it("runs the definition's check where its fields are known, and survives a crash in it", async () => {
      deepEqual((await check({ ...good, limits: { cpu: 5 } })).failures, { "limits.cpu": "There are not that many." });
      deepEqual((await check({ ...good, file: unknownSentinels.string, limits: { cpu: 5 } })).failures, {
        "limits.cpu": "There are not that many.",
      });
      deepEqual((await check({ ...good, limits: { cpu: unknownSentinels.number } })).failures, {});
      const { failures } = await check({ ...good, mode: "crash" });
      match(failures[""] ?? "", /^internal error, please report it: TypeError/);
    });

    it("keeps secrets and marks those of the schema; output values become plain", async () => {
      const output = (value: unknown, more: Json = {}) => ({ [signatureKey]: signatures.output, value, ...more });
      const { inputs, failures } = await check({
        ...good,
        owner: secret("me"),
        password: "hunter22",
        labels: { a: output("x", { secret: true, dependencies: ["urn"] }), b: output("y") },
        numbers: [1, secret(2)],
        limits: { [signatureKey]: signatures.output },
      });
      deepEqual(failures, {});
      deepEqual(inputs.owner, secret("me"));
      deepEqual(inputs.password, secret("hunter22"));
      deepEqual(inputs.labels, { a: secret("x"), b: "y" });
      deepEqual(inputs.numbers, [1, secret(2)]);
      equal(inputs.limits, unknownSentinels.string);
    });

    it("takes null for absent, refuses assets and unknown signatures", async () => {
      deepEqual((await check({ ...good, limits: null })).failures, {});
      const asset = { [signatureKey]: signatures.asset, text: "x" };
      match((await check({ ...good, owner: asset })).failures.owner ?? "", /Assets/);
      match((await failure(check({ ...good, owner: { [signatureKey]: "nonsense" } }))).details, /signature/);
    });
  });

  describe("hostile input", () => {
    it("deep nesting is refused by name, or by gRPC itself", async function () {
      this.timeout(20000);
      const nested = (levels: number) => {
        let value = new Value().setStringValue("x");
        for (let level = 0; level < levels; level++) {
          const inner = new Struct();
          inner.getFieldsMap().set("a", value);
          value = new Value().setStructValue(inner);
        }
        const root = new Struct();
        root.getFieldsMap().set("labels", value);
        return root;
      };
      match((await failure(send(nested(300)))).details, /nested deeper than 200/);
      await failure(send(nested(1200)));
      deepEqual((await check(good)).failures, {});
    });

    it("strange keys and values never crash it", async () => {
      const key = fc.oneof(
        fc.string(),
        fc.constantFrom(
          "__proto__",
          "constructor",
          "toString",
          "hasOwnProperty",
          "file",
          "size",
          "disks",
          "labels",
          "a.b",
          'q"',
          "",
          "[0]",
          signatureKey,
        ),
      );
      const leaf = fc.oneof(
        fc.string({ unit: "binary" }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom(...Object.values(unknownSentinels), ...Object.values(signatures)),
      );
      const { value } = fc.letrec((tie) => ({
        value: fc.oneof(
          { maxDepth: 5 },
          leaf,
          fc.array(tie("value"), { maxLength: 4 }),
          fc.dictionary(key, tie("value"), { maxKeys: 5 }),
        ),
      }));
      const inputs = fc.dictionary(key, value, { maxKeys: 8 });
      let failures = 0;
      await fc.assert(
        fc.asyncProperty(inputs, inputs, async (news, olds) => {
          for (const outcome of await Promise.allSettled([
            send(struct(news)),
            plugin.call(
              "diff",
              new pb.DiffRequest().setUrn(urn).setOlds(struct(olds)).setNews(struct(news)).setOldInputs(struct(olds)),
            ),
            plugin.call("create", new pb.CreateRequest().setUrn(urn).setProperties(struct(news)).setPreview(true)),
          ])) {
            if (outcome.status === "rejected") {
              failures++;
              ok([3, 13].includes(outcome.reason.code), outcome.reason.details);
              ok(!/internal error|\n\s+at /.test(outcome.reason.details), outcome.reason.details);
            }
          }
        }),
        { numRuns: 300 },
      );
      ok(failures < 900);
      equal(plugin.child.exitCode, null);
      equal(({} as Json).polluted, undefined);
    }).timeout(60000);
  });

  describe("functions", () => {
    const invoke = (args: Json, token = "test:index:count"): Promise<pb.InvokeResponse> =>
      plugin.call("invoke", new pb.InvokeRequest().setTok(token).setArgs(struct(args)));
    const refused = (response: pb.InvokeResponse) =>
      Object.fromEntries(response.getFailuresList().map((one) => [one.getProperty(), one.getReason()]));

    it("run, with secrets of the same path kept", async () => {
      const tree = { name: "a", children: [{ name: "b" }, { name: "c" }] };
      const response = await invoke({ tree, secret: secret("hunter22") });
      deepEqual(plain(response.getReturn()), { leaves: 2, tree, secret: secret("hunter22") });
    });

    it("report all that is wrong at once", async () => {
      deepEqual(refused(await invoke({ tree: { name: 1, children: [{}] }, extra: 1 })), {
        "tree.name": "Must be a string, not a number.",
        "tree.children[0].name": "Is required.",
        extra: "There is no such field; there are tree, secret, unit.",
      });
      deepEqual(refused(await invoke({ tree: { name: "refuse" } })), { "tree.name": "No.", unit: "Neither." });
      match(
        (await failure(invoke({ tree: { name: "broken" } }))).details,
        /^internal error, please report it: TypeError: x is not a function$/,
      );
      match((await failure(invoke({}, "test:index:cound"))).details, /did you mean test:index:count\?/);
    });
  });

  describe("the provider itself", () => {
    it("handshake, attach, plugin info, configure, mappings", async () => {
      const handshake = await plugin.call<pb.ProviderHandshakeResponse>("handshake", new pb.ProviderHandshakeRequest());
      deepEqual([handshake.getAcceptSecrets(), handshake.getAcceptResources()], [true, true]);
      await plugin.call("attach", new PluginAttach().setAddress("127.0.0.1:1"));
      equal((await plugin.call("getPluginInfo", new Empty())).getVersion(), "1.2.3");
      const configured = await plugin.call<pb.ConfigureResponse>("configure", new pb.ConfigureRequest());
      deepEqual([configured.getAcceptsecrets(), configured.getSupportspreview()], [true, true]);
      equal((await plugin.call("getMapping", new pb.GetMappingRequest())).getData(), "");
      deepEqual((await plugin.call("getMappings", new pb.GetMappingsRequest())).getProvidersList(), []);
    });

    it("refuses configuration that it does not have", async () => {
      const response = await plugin.call<pb.CheckResponse>(
        "checkConfig",
        new pb.CheckRequest().setNews(struct({ version: "1.0.0", hots: "x" })),
      );
      deepEqual(
        response.getFailuresList().map((one) => [one.getProperty(), one.getReason()]),
        [["hots", "There is no such field; did you mean hosts?"]],
      );
      const diffed = await plugin.call<pb.DiffResponse>(
        "diffConfig",
        new pb.DiffRequest().setOldInputs(struct({ version: "1" })).setNews(struct({ version: "2" })),
      );
      equal(diffed.getChanges(), pb.DiffResponse.DiffChanges.DIFF_NONE);
    });

    it("says cleanly what it does not implement or know", async () => {
      for (const [name, message] of [
        ["parameterize", new pb.ParameterizeRequest()],
        ["construct", new pb.ConstructRequest()],
        ["call", new pb.CallRequest()],
      ] as const) {
        equal((await failure(plugin.call(name, message))).code, 12, name);
      }
      const error = await failure(
        plugin.call("check", new pb.CheckRequest().setUrn("urn:pulumi:s::p::a:b:C$test:index:Setings::x")),
      );
      match(error.details, /test 1\.2\.3 has no resource "test:index:Setings"; did you mean test:index:Settings\?/);
    });

    it("serves its schema", async () => {
      const schema = JSON.parse((await plugin.call("getSchema", new pb.GetSchemaRequest())).getSchema());
      equal(schema.name, "test");
      deepEqual(schema.types["test:index:Tree"].properties.children, {
        type: "array",
        items: { $ref: "#/types/test:index:Tree" },
      });
      equal((await failure(plugin.call("getSchema", new pb.GetSchemaRequest().setVersion(3)))).code, 3);
    });

    it("ends on SIGTERM", async () => {
      const other = await Plugin.start();
      other.child.kill("SIGTERM");
      equal(await new Promise((done) => other.child.once("exit", done)), 143);
      other.stop();
    });
  });
});
