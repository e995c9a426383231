import assert from "node:assert/strict";
import { FLAVOUR_NAMES, FLAVOURS } from "../../../../lab/bmc/flavours";
import { eventually } from "../../../support/eventually";
import { clearBenches, startBench } from "./support/bench";
import { keysOf } from "./support/redfish-client";

for (const name of FLAVOUR_NAMES) {
  const { powerConflict, resetTypes } = FLAVOURS[name];

  describe(`BMC power on flavour ${name}`, () => {
    afterEach(clearBenches);
    it("reaches the system's power with each reset type that it lists", async () => {
      const { admin, system, paths, reset } = await startBench(name);
      const listed = (await admin.get(paths.system)).body.Actions["#ComputerSystem.Reset"];
      assert.deepEqual([...listed["ResetType@Redfish.AllowableValues"]].sort(), [...resetTypes].sort());
      const info = (await admin.get(listed["@Redfish.ActionInfo"])).body.Parameters[0];
      assert.deepEqual([...info.AllowableValues].sort(), [...resetTypes].sort());
      for (const type of resetTypes) {
        if (type.endsWith("On")) await system.reset("ForceOff");
        else await system.reset("On");
        system.resets.length = 0;
        assert.equal((await reset(type)).status, 204, type);
        assert.deepEqual(system.resets, [type]);
        const { PowerState } = (await admin.get(paths.system)).body;
        assert.equal(PowerState, system.powerState(), type);
      }
    });

    it("answers as the vendor does when power is on already, off already, or missing", async () => {
      const { system, reset } = await startBench(name);
      assert.equal((await reset("ForceOff")).status, powerConflict.fulfilled);
      for (const type of ["GracefulShutdown", "GracefulRestart", "ForceRestart", "PowerCycle"]) {
        const reply = await reset(type);
        assert.equal(reply.status, powerConflict.impossible, type);
        assert.deepEqual(keysOf(reply), ["ActionParameterValueConflict"]);
      }
      assert.deepEqual(system.resets, [], "the system was left alone");
      assert.equal((await reset("On")).status, 204);
      assert.equal((await reset("On")).status, powerConflict.fulfilled);
      assert.deepEqual(system.resets, ["On"]);
    });
  });
}

describe("BMC resets", () => {
  afterEach(clearBenches);
  it("refuse what is no reset type, and parameters that they do not know", async () => {
    const { admin, paths, reset, system } = await startBench("ami");
    assert.deepEqual(keysOf(await reset("Nmi")), ["ActionParameterValueNotInList"]);
    assert.deepEqual(keysOf(await reset("PushPowerButton")), ["ActionParameterValueNotInList"]);
    assert.deepEqual(keysOf(await admin.post(paths.reset, {})), ["ActionParameterMissing"]);
    const unknown = await admin.post(paths.reset, { ResetType: "On", Delay: 5 });
    assert.equal(unknown.status, 400);
    assert.deepEqual(keysOf(unknown), ["ActionParameterNotSupported"]);
    assert.deepEqual(keysOf(await admin.post(paths.reset, { ResetType: 1 })), ["ActionParameterValueFormatError"]);
    assert.deepEqual(system.resets, []);
  });

  it("say that the system failed to obey", async () => {
    const { reset, system } = await startBench("dell");
    system.before = () => Promise.reject(new Error("the machine did not start"));
    const reply = await reset("On");
    assert.equal(reply.status, 500);
    assert.deepEqual(keysOf(reply), ["InternalError"]);
    assert.match(reply.text, /the machine did not start/);
  });

  it("that take long answer 202, and a task tells their end", async () => {
    const { admin, reset, system } = await startBench("dell");
    let obey = (): void => {};
    system.before = () =>
      new Promise((resolve) => {
        obey = resolve;
      });
    const reply = await reset("On");
    assert.equal(reply.status, 202);
    const monitor = reply.headers.location as string;
    assert.equal((await admin.get(monitor)).status, 202);
    obey();
    await eventually("the task is over", async () => (await admin.get(monitor)).status === 200);
    assert.equal((await admin.get(monitor)).body.TaskState, "Completed");
    assert.equal(system.powerState(), "On");
  });
});

describe("BMC boot override", () => {
  afterEach(clearBenches);
  it("holds for one start, or for each", async () => {
    const { admin, bmc, paths } = await startBench("dell");
    const set = (enabled: string, target: string) =>
      admin.patch(paths.system, {
        Boot: {
          BootSourceOverrideEnabled: enabled,
          BootSourceOverrideTarget: target,
          BootSourceOverrideMode: "Legacy",
        },
      });
    assert.equal(bmc.post("reset").bootOverride, "None");
    assert.equal((await set("Once", "Pxe")).status, 200);
    assert.equal(bmc.post("reset").bootOverride, "Pxe");
    assert.equal(bmc.post("reset").bootOverride, "None");
    assert.equal((await admin.get(paths.system)).body.Boot.BootSourceOverrideEnabled, "Disabled");
    await set("Continuous", "Cd");
    assert.equal(bmc.post("powerCycle").bootOverride, "Cd");
    assert.equal(bmc.post("reset").bootOverride, "Cd");
    await set("Disabled", "Cd");
    assert.equal(bmc.post("reset").bootOverride, "None");
  });
});
