import assert from "node:assert/strict";
import { FLAVOUR_NAMES, FLAVOURS } from "../../../../lab/bmc/flavours";
import type { FlavourName } from "../../../../lab/bmc/flavours/flavour";
import type { ModeName } from "../../../../lab/bmc/modes";
import { clearBenches, startBench, virtualizationOf } from "./support/bench";
import { keysOf, RedfishClient } from "./support/redfish-client";

/** What each mode does, on any flavour: shown with the mode off and on. */
const MODES: Record<ModeName, (flavour: FlavourName) => Promise<void>> = {
  appliesAtReset: async (flavour) => {
    const bench = await startBench(flavour);
    const { name, off } = virtualizationOf(bench.flavour);
    await bench.reset("On");
    bench.bmc.setMode("appliesAtReset", false);
    await bench.write({ [name]: off });
    await bench.reset("ForceRestart");
    assert.equal(bench.bmc.effects().virtualization, true, "a warm reset is not enough");
    await bench.reset("PowerCycle");
    assert.equal(bench.bmc.effects().virtualization, false);
  },

  needsApplyTime: async (flavour) => {
    const bench = await startBench(flavour);
    const { name, off } = virtualizationOf(bench.flavour);
    const writePlain = async () => {
      const etag = (await bench.admin.get(bench.paths.settings)).headers.etag as string;
      return bench.admin.patch(bench.paths.settings, { Attributes: { [name]: off } }, { "if-match": etag });
    };
    await bench.reset("On");
    bench.bmc.setMode("needsApplyTime", true);
    assert.ok((await writePlain()).status < 300);
    await bench.reset("ForceRestart");
    await bench.reset("PowerCycle");
    assert.equal(bench.bmc.effects().virtualization, true, "nothing makes it take effect");
    const accepted = await bench.write({ [name]: off });
    assert.equal(accepted.status, 202);
    const monitor = accepted.headers.location as string;
    assert.equal((await bench.admin.get(monitor)).status, 202);
    await bench.reset("ForceRestart");
    assert.equal(bench.bmc.effects().virtualization, false);
    const over = await bench.admin.get(monitor);
    assert.equal(over.status, 200);
    assert.equal(over.body.TaskState, "Completed");
  },

  lockedByJob: async (flavour) => {
    const bench = await startBench(flavour);
    const { name, on, off } = virtualizationOf(bench.flavour);
    bench.bmc.setMode("lockedByJob", true);
    assert.ok((await bench.write({ [name]: off })).status < 300);
    const locked = await bench.write({ [name]: on });
    assert.equal(locked.status, 400);
    assert.deepEqual(keysOf(locked), ["ResourceInUse"]);
    await bench.reset("On");
    assert.ok((await bench.write({ [name]: on })).status < 300, "open again after the reset");
    bench.bmc.setMode("lockedByJob", false);
    assert.ok((await bench.write({ [name]: off })).status < 300);
  },

  earlyReporting: async (flavour) => {
    const bench = await startBench(flavour);
    const { name, on, off } = virtualizationOf(bench.flavour);
    bench.bmc.setMode("earlyReporting", false);
    await bench.write({ [name]: off });
    assert.equal((await bench.shown())[name], on);
    bench.bmc.setMode("earlyReporting", true);
    assert.equal((await bench.shown())[name], off);
    assert.equal(bench.bmc.effects().virtualization, true, "it is shown, not in force");
  },

  needsIfMatch: async (flavour) => {
    const { bmc, admin, paths, flavour: facts } = await startBench(flavour);
    const { name, off } = virtualizationOf(facts);
    const body = { Attributes: { [name]: off } };
    bmc.setMode("needsIfMatch", true);
    const without = await admin.patch(paths.settings, body);
    assert.equal(without.status, 428);
    assert.deepEqual(keysOf(without), ["PreconditionRequired"]);
    assert.equal((await admin.patch(paths.settings, body, { "if-match": '"wrong"' })).status, 412);
    const etag = (await admin.get(paths.bios)).body["@Redfish.Settings"].ETag;
    assert.ok((await admin.patch(paths.settings, body, { "if-match": etag })).status < 300);
    bmc.setMode("needsIfMatch", false);
    bmc.setMode("lockedByJob", false);
    assert.ok((await admin.patch(paths.settings, body)).status < 300);
  },

  registryAbsent: async (flavour) => {
    const { bmc, admin, flavour: facts } = await startBench(flavour);
    const count = async () => (await admin.get("/redfish/v1/Registries")).body["Members@odata.count"];
    assert.equal(await count(), 2);
    bmc.setMode("registryAbsent", true);
    assert.equal(await count(), 1);
    assert.equal((await admin.get(facts.registry.path)).status, 404);
    bmc.setMode("registryAbsent", false);
    assert.equal((await admin.get(facts.registry.path)).status, 200);
  },

  slow: async (flavour) => {
    const { bmc, admin } = await startBench(flavour);
    bmc.setMode("slow", 300);
    const started = performance.now();
    assert.equal((await admin.get("/redfish/v1/")).status, 200);
    // Timers may fire a millisecond early.
    assert.ok(performance.now() - started >= 299);
  },

  errorBurst: async (flavour) => {
    const { bmc, admin, paths } = await startBench(flavour);
    bmc.setMode("errorBurst", { status: 503, count: 2, retryAfterSeconds: 7 });
    for (const path of [paths.bios, "/redfish/v1/"]) {
      const reply = await admin.get(path);
      assert.equal(reply.status, 503);
      assert.equal(reply.headers["retry-after"], "7");
      assert.deepEqual(keysOf(reply), ["ServiceTemporarilyUnavailable"]);
    }
    assert.equal((await admin.get(paths.bios)).status, 200, "the burst is over");
  },

  cut: async (flavour) => {
    const bench = await startBench(flavour);
    const { name, off } = virtualizationOf(bench.flavour);
    bench.bmc.setMode("cut", 1);
    await assert.rejects(bench.admin.get(bench.paths.bios), /aborted|socket hang up|ECONNRESET/);
    assert.equal((await bench.admin.get(bench.paths.bios)).status, 200);
    const etag = (await bench.admin.get(bench.paths.settings)).headers.etag as string;
    const body = { Attributes: { [name]: off }, "@Redfish.SettingsApplyTime": { ApplyTime: "OnReset" } };
    bench.bmc.setMode("cut", 1);
    await assert.rejects(bench.admin.patch(bench.paths.settings, body, { "if-match": etag }));
    const pending = (await bench.admin.get(bench.paths.settings)).body.Attributes;
    assert.equal(pending[name], off, "the answer was lost, not the write");
  },

  certificateChanged: async (flavour) => {
    const { bmc, admin } = await startBench(flavour);
    bmc.setMode("certificateChanged", true);
    await assert.rejects(admin.get("/redfish/v1/"), /self-signed|unable to verify/);
    bmc.setMode("certificateChanged", false);
    assert.equal((await admin.get("/redfish/v1/")).status, 200);
  },

  refused: async (flavour) => {
    const bench = await startBench(flavour);
    const { name, on, off } = virtualizationOf(bench.flavour);
    bench.bmc.setMode("refused", [name]);
    assert.ok((await bench.write({ [name]: off })).status < 300, "the PATCH itself is accepted");
    await bench.reset("On");
    assert.equal((await bench.shown())[name], on);
    const settings = (await bench.admin.get(bench.paths.bios)).body["@Redfish.Settings"];
    assert.match(settings.Messages[0].MessageId, /PropertyValueIncorrect$/);
    assert.deepEqual(settings.Messages[0].RelatedProperties, [`#/Attributes/${name}`]);
    const task = (await bench.admin.get("/redfish/v1/TaskService/Tasks")).body.Members.at(-1)["@odata.id"];
    assert.equal((await bench.admin.get(task)).body.TaskState, "Exception");
  },

  sessionLimit: async (flavour) => {
    const { bmc } = await startBench(flavour);
    const [user] = bmc.users;
    const open = () =>
      new RedfishClient(bmc).post("/redfish/v1/SessionService/Sessions", {
        UserName: user?.userName,
        Password: user?.password,
      });
    bmc.setMode("sessionLimit", 1);
    const first = await open();
    assert.equal(first.status, 201);
    const second = await open();
    assert.equal(second.status, 503);
    assert.deepEqual(keysOf(second), ["SessionLimitExceeded"]);
    const holder = new RedfishClient(bmc, { "x-auth-token": first.headers["x-auth-token"] as string });
    await holder.call("DELETE", first.headers.location as string);
    assert.equal((await open()).status, 201);
  },
};

for (const flavour of FLAVOUR_NAMES) {
  describe(`BMC modes on flavour ${flavour}`, () => {
    afterEach(clearBenches);
    for (const [mode, shows] of Object.entries(MODES)) it(mode, () => shows(flavour));
  });
}

describe("BMC modes", () => {
  afterEach(clearBenches);
  it("begin as the flavour's habits and go back to them", async () => {
    const { bmc } = await startBench("dell");
    assert.equal(bmc.modes.needsApplyTime, true);
    bmc.setMode("needsApplyTime", false);
    bmc.setMode("slow", 1);
    bmc.clearModes();
    assert.equal(bmc.modes.needsApplyTime, true);
    assert.equal(bmc.modes.slow, 0);
    assert.equal(FLAVOURS.ami.modes.needsIfMatch, true);
  });

  it("refuse values that they cannot have, and name the mode", async () => {
    const { bmc } = await startBench("dell");
    assert.throws(() => bmc.setMode("slow", -1), /modes\.slow: -1 is not a whole number of milliseconds/);
    assert.throws(() => bmc.setMode("refused", ["Rome0162"]), /modes\.refused: dell has no attribute "Rome0162"/);
    assert.throws(() => bmc.setMode("sloow" as "slow", 1), /modes\.sloow: no such mode; the modes are appliesAtReset/);
    assert.throws(
      () => bmc.setMode("errorBurst", { status: 404, count: 1, retryAfterSeconds: 1 } as never),
      /modes\.errorBurst: .* is not null or/,
    );
  });

  it("serve a new certificate each time that it is changed", async () => {
    const { bmc } = await startBench("hpe");
    const fingerprint = async (): Promise<string> => {
      const { connect } = await import("node:tls");
      return new Promise((resolve, reject) => {
        const socket = connect({ host: "127.0.0.1", port: bmc.port, rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        });
        socket.on("error", reject);
      });
    };
    const seen = [await fingerprint()];
    for (let time = 0; time < 2; time += 1) {
      bmc.setMode("certificateChanged", true);
      seen.push(await fingerprint());
    }
    assert.equal(new Set(seen).size, 3);
    bmc.clearModes();
    assert.equal(await fingerprint(), seen[0]);
  });
});
