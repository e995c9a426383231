import assert from "node:assert/strict";
import { patient } from "./support/lab-redfish";
import { type Asked, link, PATHS, plainScript, startScripted, stopScripted } from "./support/scripted-bmc";

const MANAGER = "/redfish/v1/Managers/iDRAC.Embedded.1";
const JOBS = `${MANAGER}/Jobs`;
const REGISTRY = "BiosAttributeRegistryX.v1_2_0";
const SETTABLE = ["A", "B", "C", "D"];
const FACTS = ["Fact1", "Fact2"];

const all = (names: readonly string[], value: string) => Object.fromEntries(names.map((name) => [name, value]));
const job = (id: string) => ({ ...link(`${JOBS}/${id}`), JobType: "BIOSConfiguration", JobState: "Scheduled" });

describe("Redfish client: a settings object that lists all that can be written", () => {
  afterEach(stopScripted);
  it("has pending only what differs, however much of Bios is read-only", async () => {
    const script = plainScript();
    const settings = { ...all(SETTABLE, "on"), B: "off" };
    let jobs = [job("JID_1")];
    const attributes = [...SETTABLE, ...FACTS].map((name) => ({
      AttributeName: name,
      Type: "String",
      ReadOnly: FACTS.includes(name),
    }));
    const { redfish, asked } = await startScripted({
      ...script,
      "/redfish/v1/": { ...(script["/redfish/v1/"] as object), Vendor: "Dell" },
      "/redfish/v1/Systems/1": {
        ...(script["/redfish/v1/Systems/1"] as object),
        Links: { ManagedBy: [link(MANAGER)] },
      },
      [PATHS.bios]: {
        ...(script[PATHS.bios] as object),
        AttributeRegistry: REGISTRY,
        Attributes: all([...SETTABLE, ...FACTS], "on"),
      },
      [PATHS.settings]: { Attributes: settings },
      [`/redfish/v1/Registries/${REGISTRY}`]: { Id: REGISTRY, RegistryEntries: { Attributes: attributes } },
      [`GET ${JOBS}`]: () => ({ body: { Members: jobs } }),
      [`DELETE ${JOBS}/JID_1`]: () => {
        jobs = [];
        return { body: {} };
      },
      [`POST ${JOBS}`]: () => {
        jobs = [job("JID_2")];
        return { body: {} };
      },
      [`PATCH ${PATHS.settings}`]: ({ body }: Asked) => {
        if (jobs.length > 0) return { status: 400, body: {} };
        Object.assign(settings, body.Attributes);
        return { body: {} };
      },
    });
    assert.deepEqual((await redfish.readBios(undefined, patient()))?.pending, { B: "off" });
    await redfish.writeBios(undefined, { A: "off" }, patient());
    const patches = asked.filter(({ method }) => method === "PATCH").map(({ body }) => body.Attributes);
    assert.deepEqual(patches, [{ A: "off" }, { A: "off", B: "off" }]);
    // Taken back, nothing is pending: no job is made for it.
    jobs = [];
    await redfish.writeBios(undefined, { A: "on", B: "on" }, patient());
    assert.deepEqual(jobs, []);
  });
});
