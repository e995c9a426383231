import assert from "node:assert/strict";
import { clearBenches, startBench } from "./support/bench";
import { keysOf } from "./support/redfish-client";

const JOBS = "/redfish/v1/Managers/iDRAC.Embedded.1/Jobs";

describe("BIOS settings of a Dell", () => {
  afterEach(clearBenches);
  it("take effect by a job made for them", async () => {
    const { admin, bmc, paths, reset } = await startBench("dell");
    assert.equal((await admin.post(JOBS, { TargetSettingsURI: paths.settings })).status, 400, "nothing to do");
    await admin.patch(paths.settings, { Attributes: { SriovGlobalEnable: "Disabled" } });
    assert.equal((await admin.post(JOBS, {})).status, 400);
    assert.equal((await admin.post(JOBS, { TargetSettingsURI: "/redfish/v1" })).status, 400);
    const made = await admin.post(JOBS, { TargetSettingsURI: paths.settings });
    assert.equal(made.status, 200);
    assert.match(made.body.Id, /^JID_\d{12}$/);
    assert.equal(made.body.JobState, "Scheduled");
    await reset("On");
    assert.equal((await admin.get(`${JOBS}/${made.body.Id}`)).body.JobState, "Completed");
    assert.equal(bmc.effects().sriov, false);
  });

  it("stay as they are when the job is deleted, and go with ClearPending", async () => {
    const { admin, bmc, paths, reset, write } = await startBench("dell");
    const task = (await write({ SriovGlobalEnable: "Disabled" })).body.Id;
    const settings = async () => (await admin.get(paths.settings)).body;
    const clear = (await settings()).Actions.Oem["#DellManager.ClearPending"].target;
    assert.equal((await admin.post(clear)).status, 400, "a job holds them");
    assert.equal((await admin.call("DELETE", `${JOBS}/${task}`)).status, 200);
    await reset("On");
    assert.equal(bmc.effects().sriov, true);
    assert.deepEqual((await settings()).Attributes, { SriovGlobalEnable: "Disabled" });
    assert.equal((await admin.post(clear)).status, 200);
    assert.deepEqual((await settings()).Attributes, {});
  });

  it("refuse an apply time that is not offered", async () => {
    const { admin, paths } = await startBench("dell");
    const reply = await admin.patch(paths.settings, {
      Attributes: { SriovGlobalEnable: "Disabled" },
      "@Redfish.SettingsApplyTime": { ApplyTime: "Immediate" },
    });
    assert.equal(reply.status, 400);
    assert.deepEqual(keysOf(reply), ["PropertyValueNotInList"]);
  });
});

describe("BIOS settings", () => {
  afterEach(clearBenches);
  it("written back to what is in force are not pending any more", async () => {
    const { admin, bmc, paths, reset, write } = await startBench("supermicro");
    await write({ SR_IOVSupport_00B3: "Disabled" });
    await write({ SR_IOVSupport_00B3: "Enabled" });
    assert.deepEqual((await admin.get(paths.settings)).body.Attributes, {});
    await reset("On");
    assert.equal(bmc.effects().sriov, true);
    const tasks = (await admin.get("/redfish/v1/TaskService/Tasks")).body.Members;
    const states = await Promise.all(
      tasks.map(async (task: { "@odata.id": string }) => (await admin.get(task["@odata.id"])).body.TaskState),
    );
    assert.deepEqual(states, ["Cancelled"]);
  });

  it("go back to the factory's by ResetBios, at the next reset", async () => {
    const { admin, bmc, paths, reset, write } = await startBench("ami");
    await write({ PCIS012: "PCIS0124096Bytes", PCIS007: "PCIS007Disabled" });
    await reset("On");
    assert.equal(bmc.effects().maxReadRequest, 4096);
    assert.equal((await admin.post(`${paths.bios}/Actions/Bios.ResetBios`)).status, 200);
    assert.equal(bmc.effects().maxReadRequest, 4096);
    await reset("ForceRestart");
    assert.equal(bmc.effects().maxReadRequest, 512);
    assert.equal(bmc.effects().sriov, true);
  });

  it("are listed as they will be, where the vendor lists all of them", async () => {
    const { admin, paths, write } = await startBench("hpe");
    await write({ Sriov: "Disabled" });
    const { Attributes } = (await admin.get(paths.settings)).body;
    assert.equal(Attributes.Sriov, "Disabled");
    assert.equal(Attributes.ProcVirtualization, "Enabled");
  });

  it("of one PATCH take effect together, refused ones apart", async () => {
    const { admin, bmc, paths, reset, write } = await startBench("dell");
    bmc.setMode("refused", ["MmioAbove4Gb"]);
    await write({ MmioAbove4Gb: "Disabled", SriovGlobalEnable: "Disabled", AssetTag: "rack 7" });
    await reset("On");
    assert.equal(bmc.effects().aboveFourG, true);
    assert.equal(bmc.effects().sriov, false);
    const bios = (await admin.get(paths.bios)).body;
    assert.equal(bios.Attributes.AssetTag, "rack 7");
    assert.equal(bios["@Redfish.Settings"].Messages.length, 1);
  });

  it("have passwords of their own, which only their holder changes", async () => {
    const { admin, bmc, paths } = await startBench("dell");
    const change = (OldPassword: string, NewPassword: string) =>
      admin.post(`${paths.bios}/Actions/Bios.ChangePassword`, {
        PasswordName: "SetupPassword",
        OldPassword,
        NewPassword,
      });
    assert.equal((await change("", "Setup-1234")).status, 200);
    assert.equal((await change("", "Setup-5678")).status, 400);
    assert.equal((await change("Setup-1234", "")).status, 200);
    assert.equal((await change("", "Setup-5678")).status, 200);
    assert.ok(!JSON.stringify(bmc.state()).includes("Setup-5678"));
  });
});
