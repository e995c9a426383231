import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { RedfishError } from "../../../../provider/reach/redfish";
import { patient } from "./support/lab-redfish";
import {
  type Asked,
  link,
  PASSWORD,
  PATHS,
  plainScript,
  type Script,
  startScripted,
  stopScripted,
} from "./support/scripted-bmc";

const REGISTRY = {
  Id: "BiosAttributeRegistryX.v1_2_0",
  RegistryVersion: "1.2.0",
  RegistryEntries: {
    Attributes: [
      {
        AttributeName: "A",
        DisplayName: "SR-IOV Support",
        Type: "Enumeration",
        Value: [{ ValueName: "on", ValueDisplayName: "Enabled" }, { ValueName: "off" }],
        Hidden: true,
      },
      { AttributeName: "C", Type: "Integer", LowerBound: 0, UpperBound: 9 },
      { DisplayName: "of no name" },
    ],
    Dependencies: [
      {
        DependencyFor: "A",
        Type: "Map",
        Dependency: {
          MapFrom: [
            { MapFromAttribute: "C", MapFromCondition: "GTR", MapFromValue: 3 },
            { MapFromAttribute: "B", MapFromCondition: "EQU", MapFromValue: "on", MapTerms: "AND" },
          ],
          MapToAttribute: "A",
          MapToProperty: "GrayOut",
          MapToValue: true,
        },
      },
      { DependencyFor: "B", Type: "Map", Dependency: { MapFrom: [], MapToAttribute: "B", MapToProperty: "Hidden" } },
    ],
  },
};

const withBios = (script: Script, more: object): Script => ({
  ...script,
  [PATHS.bios]: { ...(script[PATHS.bios] as object), ...more },
});

const named = withBios(plainScript(), { AttributeRegistry: REGISTRY.Id });
const FILE = "/redfish/v1/Registries/BiosAttributeRegistryX";
const extended = (...messages: object[]) => ({ error: { "@Message.ExtendedInfo": messages } });

describe("Redfish client: habits of BMCs", () => {
  afterEach(stopScripted);
  const registries: Record<string, Script> = {
    "as a gzip file at the whole URL of another name": {
      [`/redfish/v1/Registries/${REGISTRY.Id}`]: {
        Location: [
          { Language: "zh", Uri: "/registries/zh" },
          { Language: "en-US", Uri: "https://bmc-7.example/registries/en.json.gz" },
        ],
      },
      "GET /registries/en.json.gz": { body: gzipSync(JSON.stringify(REGISTRY)) },
    },
    "compressed as HTTP has it, in a file whose name lacks the version": {
      "/redfish/v1/Registries": { Members: [link("/redfish/v1/Registries/Base"), link(FILE)] },
      [FILE]: { Location: [{ Language: "en", Uri: { extref: "/store/x" } }] },
      "GET /store/x": { headers: { "content-encoding": "gzip" }, body: gzipSync(JSON.stringify(REGISTRY)) },
    },
    "whose name has a language in it": {
      "/redfish/v1/Registries": { Members: [link(`${FILE}.en-US.v1_2_0.json`), link(`${FILE}2.v1_2_0`)] },
      [`${FILE}.en-US.v1_2_0.json`]: { Location: [{ Language: "en-US", Uri: "/store/x" }] },
      [`${FILE}2.v1_2_0`]: { Location: [{ Language: "en", Uri: "/store/y" }] },
      "/store/x": { ...REGISTRY, Id: "registry" },
      "/store/y": { ...REGISTRY, Id: "another" },
    },
    "itself in place of its file": { [`/redfish/v1/Registries/${REGISTRY.Id}`]: REGISTRY },
    "below Bios": { [`${PATHS.bios}/BiosRegistry`]: REGISTRY },
  };
  for (const [where, script] of Object.entries(registries)) {
    it(`finds a registry ${where}`, async () => {
      const { redfish, asked } = await startScripted({ ...named, ...script });
      const reading = await redfish.readBios(undefined, patient());
      assert.deepEqual(reading?.registry, {
        id: REGISTRY.Id,
        attributes: [
          {
            name: "A",
            type: "Enumeration",
            displayName: "SR-IOV Support",
            values: [{ name: "on", displayName: "Enabled" }, { name: "off" }],
            hidden: true,
          },
          { name: "C", type: "Integer", lowerBound: 0, upperBound: 9 },
        ],
        dependencies: [
          {
            from: [
              { attribute: "C", property: "CurrentValue", condition: "GTR", value: 3 },
              { attribute: "B", property: "CurrentValue", condition: "EQU", value: "on", terms: "AND" },
            ],
            attribute: "A",
            property: "GrayOut",
            value: true,
          },
        ],
      });
      const before = asked.length;
      await redfish.readBios(undefined, patient());
      assert.equal(asked.length - before, 3, "system, Bios and settings alone");
    });
  }

  it("takes the system that has BIOS settings among boards that have none", async () => {
    const systems = ["HGX_Baseboard_0", "1", "gone"].map((id) => link(`/redfish/v1/Systems/${id}`));
    const { redfish } = await startScripted({
      ...plainScript({ A: "off" }),
      "/redfish/v1/Systems": { Members: systems },
      "/redfish/v1/Systems/HGX_Baseboard_0": { Id: "HGX_Baseboard_0" },
    });
    const reading = await redfish.readBios(undefined, patient());
    assert.deepEqual([reading?.system.id, reading?.pending], ["1", { A: "off" }]);
    assert.equal(await redfish.readBios("HGX_Baseboard_0", patient()), undefined);
    await assert.rejects(redfish.writeBios("HGX_Baseboard_0", { A: "off" }, patient()), {
      message: "node7: write BIOS settings: the BMC has no system HGX_Baseboard_0 with BIOS settings",
    });
  });

  it("asks which system is meant where several have BIOS settings, listed on pages with their contents", async () => {
    const members = ["a", "b"].map((id) => ({ ...link(`/redfish/v1/Systems/${id}`), Bios: link(PATHS.bios) }));
    const script = plainScript();
    const { redfish } = await startScripted({
      ...script,
      "/redfish/v1/": {
        ...(script["/redfish/v1/"] as object),
        ProtocolFeaturesSupported: { ExpandQuery: { NoLinks: true, Levels: true } },
      },
      "/redfish/v1/Systems?$expand=.($levels=1)": {
        Members: members.slice(0, 1),
        "Members@odata.nextLink": "/redfish/v1/Systems?page=2",
      },
      "/redfish/v1/Systems?page=2": { Members: members.slice(1) },
    });
    await assert.rejects(redfish.readBios(undefined, patient()), {
      message:
        "node7: read the BIOS settings: the BMC has several systems with BIOS settings: a, b; name one of them as system",
    });
    assert.equal((await redfish.readBios("b", patient()))?.system.id, "b");
  });

  it("does not take the empty list of a BMC that is starting for the absence of a system", async () => {
    for (const systems of [{ Members: [] }, undefined]) {
      const { redfish } = await startScripted({ ...plainScript(), "/redfish/v1/Systems": systems });
      for (const system of [undefined, "1"]) {
        await assert.rejects(redfish.readBios(system, patient()), {
          phase: "refused",
          message:
            "node7: read the BIOS settings: the BMC lists no system; it may be starting: try again later, or reset it where it stays so",
        });
      }
    }
  });

  it("follows to where a BMC sends it on", async () => {
    const { redfish } = await startScripted({
      ...plainScript(),
      "/redfish/v1/Systems": undefined,
      "GET /redfish/v1/Systems": { status: 308, headers: { location: "/redfish/v1/Systems/" } },
      "/redfish/v1/Systems/": { Members: [link("/redfish/v1/Systems/1")] },
    });
    assert.ok(await redfish.readBios(undefined, patient()));
  });

  it("writes Bios itself where there is no settings object", async () => {
    const attributes: Record<string, unknown> = { A: "on" };
    const { redfish, asked } = await startScripted({
      ...plainScript(),
      [PATHS.bios]: { Attributes: attributes },
      [`PATCH ${PATHS.bios}`]: ({ body }: Asked) => {
        Object.assign(attributes, body.Attributes);
        return { status: 204 };
      },
    });
    assert.equal((await redfish.readBios(undefined, patient()))?.appliesAtOnce, true);
    await redfish.writeBios(undefined, { A: "off" }, patient());
    assert.deepEqual((await redfish.readBios(undefined, patient()))?.current, { A: "off" });
    const patch = asked.find(({ method }) => method === "PATCH");
    assert.deepEqual(patch?.body, { Attributes: { A: "off" } });
  });

  it("sends If-Match: * where an ETag is asked for and none is given, and takes a settings object that is not there", async () => {
    const script = plainScript();
    const { redfish, asked } = await startScripted({
      ...script,
      [PATHS.settings]: undefined,
      [`PATCH ${PATHS.settings}`]: ({ headers }: Asked) => ({ status: headers["if-match"] === "*" ? 204 : 428 }),
    });
    assert.deepEqual((await redfish.readBios(undefined, patient()))?.pending, {});
    await redfish.writeBios(undefined, { A: "off" }, patient());
    const patches = asked.filter(({ method }) => method === "PATCH");
    assert.deepEqual(
      patches.map(({ headers }) => headers["if-match"]),
      [undefined, "*"],
    );
  });

  it("writes again what a BMC has dropped that keeps the last PATCH alone", async () => {
    const settings = { Attributes: { B: "off", C: 2 } as object };
    const { redfish } = await startScripted({
      ...plainScript(),
      [PATHS.settings]: settings,
      [`PATCH ${PATHS.settings}`]: ({ body }: Asked) => {
        settings.Attributes = body.Attributes;
        return { status: 204 };
      },
    });
    await redfish.writeBios(undefined, { A: "off", C: 3 }, patient());
    assert.deepEqual(settings.Attributes, { A: "off", B: "off", C: 3 });
  });

  it("names what a BMC left out of a write that it calls a success", async () => {
    const message = {
      MessageId: "Base.1.18.PropertyNotWritable",
      Message: "The property is read-only.",
      RelatedProperties: ["#/Attributes/B"],
      MessageSeverity: "Warning",
    };
    const reminder = { MessageId: "iLO.2.14.SystemResetRequired", Message: "Reset it.", MessageSeverity: "Warning" };
    const { redfish } = await startScripted({
      ...plainScript(),
      [`PATCH ${PATHS.settings}`]: { status: 200, body: { "@Message.ExtendedInfo": [reminder, message] } },
    });
    await assert.rejects(redfish.writeBios(undefined, { A: "off", B: "off" }, patient()), {
      phase: "refused",
      message:
        "node7: write BIOS settings: the write of a part of the settings was answered with HTTP 200: The property is read-only. (B) [Base.1.18.PropertyNotWritable]",
    });
    await redfish.writeBios(undefined, { A: "off" }, patient());
  });

  it("says why a task for the settings failed", async () => {
    let polls = 0;
    const { redfish } = await startScripted({
      ...plainScript(),
      [`PATCH ${PATHS.settings}`]: { status: 202, headers: { location: "/redfish/v1/TaskService/TaskMonitors/7" } },
      "GET /redfish/v1/TaskService/TaskMonitors/7": () => {
        polls += 1;
        if (polls < 2) return { status: 202, body: { TaskState: "Running" } };
        return { body: { TaskState: "Exception", Messages: [{ MessageId: "X.1.0.Full", Message: "No room." }] } };
      },
    });
    await assert.rejects(redfish.writeBios(undefined, { A: "off" }, patient()), {
      message: "node7: write BIOS settings: the BMC's task for the settings ended as Exception: No room. [X.1.0.Full]",
    });
  });

  it("waits as long as a busy BMC asks for, in seconds or as a date, and says so", async () => {
    const times: number[] = [];
    const retry = [() => "1", () => new Date(Date.now() + 1_900).toUTCString()];
    const { redfish } = await startScripted({
      ...plainScript(),
      [`GET ${PATHS.bios}`]: () => {
        times.push(Date.now());
        const after = retry.shift();
        if (after === undefined) return { body: plainScript()[PATHS.bios] };
        return { status: times.length === 1 ? 503 : 429, headers: { "retry-after": after() } };
      },
    });
    const options = patient();
    assert.ok(await redfish.readBios(undefined, options));
    const [first = 0, second = 0, third = 0] = times;
    assert.ok(second - first >= 990, `${second - first} ms`);
    // A date has no fractions of a second.
    assert.ok(third - second >= 800, `${third - second} ms`);
    assert.equal(options.told[0], "the BMC is busy (HTTP 503), asking again in 1 s");
    assert.match(options.told[1] ?? "", /^the BMC is busy \(HTTP 429\), asking again in /);
  });

  it("gives up when the time for all of it is over, and says what it waited for", async () => {
    const { redfish } = await startScripted(
      { ...plainScript(), [`GET ${PATHS.bios}`]: { status: 503, headers: { "retry-after": "20" } } },
      { totalMs: 5_000 },
    );
    await assert.rejects(redfish.readBios(undefined, patient()), {
      phase: "timeout",
      message:
        "node7: read the BIOS settings: the BMC was not done within 5 s (at last: the BMC is busy (HTTP 503)); try again later, or reset the BMC where it stays so",
    });
  });

  it("gives up a request that is never answered", async () => {
    const script = { ...plainScript(), [`GET ${PATHS.bios}`]: () => new Promise(() => undefined) as never };
    const { redfish } = await startScripted(script, { requestMs: 50, tries: 2 });
    await assert.rejects(redfish.readBios(undefined, patient()), (error: RedfishError) => {
      assert.equal(error.phase, "timeout");
      assert.match(error.message, /the BMC was lost: it gave no answer within 0\.05 s/);
      return true;
    });
  });

  it("does not take any web server for a BMC", async () => {
    const { redfish } = await startScripted({ "GET /redfish/v1/": { body: Buffer.from("<html>hello</html>") } });
    await assert.rejects(redfish.readBios(undefined, patient()), {
      phase: "connect",
      message: "node7: read the BIOS settings: what answers there is no Redfish service; check bmc.address",
    });
  });

  it("keeps to the BMC whatever host a link names", async () => {
    const script = plainScript();
    const { redfish } = await startScripted({
      ...script,
      "/redfish/v1/Systems": { Members: [link("//evil.example/redfish/v1/Systems/1")] },
    });
    assert.ok(await redfish.readBios(undefined, patient()));
  });

  it("hides password and token that a BMC quotes, in errors and in what it tells meanwhile", async () => {
    const quoting = ({ headers, body }: Asked) => ({
      status: 400,
      body: extended({
        MessageId: "Base.1.18.PropertyValueError",
        Message: `Refused ${PASSWORD} ${JSON.stringify(PASSWORD)} ${headers["x-auth-token"]} ${JSON.stringify(body)}`,
        MessageArgs: [PASSWORD],
      }),
    });
    for (const where of [`POST ${PATHS.sessions}`, `GET ${PATHS.bios}`, `PATCH ${PATHS.settings}`]) {
      const { redfish, token } = await startScripted({ ...plainScript(), [where]: quoting });
      await assert.rejects(redfish.writeBios(undefined, { A: "off" }, patient()), (error: Error) => {
        const everything = `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
        assert.match(error.message, /Refused \[secret\]/);
        for (const secret of [PASSWORD, JSON.stringify(PASSWORD).slice(1, -1), token]) {
          assert.ok(!everything.includes(secret), everything);
        }
        return true;
      });
      await stopScripted();
    }
  });
});
