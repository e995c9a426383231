import assert from "node:assert/strict";
import type { RedfishError } from "../../../../provider/reach/redfish";
import { endLabs, type Lab, patient, QUICK, startLab } from "./support/lab-redfish";

const JOBS = "/redfish/v1/Managers/iDRAC.Embedded.1/Jobs";

/** A Dell whose job holds a setting of somebody else, and what our client is asked to write. */
async function held(onRequest: (line: string, lab: Lab) => void = () => undefined) {
  const here: { lab?: Lab } = {};
  const lab = await startLab("dell", { onRequest: (line) => here.lab && onRequest(line, here.lab) });
  here.lab = lab;
  await lab.write({ SriovGlobalEnable: "Disabled", AssetTag: "rack 7" });
  return lab;
}

const reason = (error: RedfishError): boolean => {
  assert.match(error.message, /What was pending before is pending again: SriovGlobalEnable, AssetTag$/);
  return true;
};

/** The next boot applies what somebody else had pending. */
async function assertKept(lab: Lab): Promise<void> {
  const reading = await lab.redfish.readBios(undefined, patient());
  assert.match(reading?.job ?? "", /Scheduled/);
  await lab.reset("On");
  const { AssetTag, SriovGlobalEnable } = await lab.shown();
  assert.deepEqual({ AssetTag, SriovGlobalEnable }, { AssetTag: "rack 7", SriovGlobalEnable: "Disabled" });
}

describe("Redfish client: settings that others have pending", () => {
  afterEach(endLabs);
  it("are written again together with the new ones where a job holds them", async () => {
    const lab = await held();
    await lab.redfish.writeBios(undefined, { MmioAbove4Gb: "Disabled", AssetTag: "rack 8" }, patient());
    assert.deepEqual((await lab.redfish.readBios(undefined, patient()))?.pending, {
      SriovGlobalEnable: "Disabled",
      AssetTag: "rack 8",
      MmioAbove4Gb: "Disabled",
    });
    await lab.reset("On");
    const { AssetTag, MmioAbove4Gb, SriovGlobalEnable } = await lab.shown();
    assert.deepEqual([AssetTag, MmioAbove4Gb, SriovGlobalEnable], ["rack 8", "Disabled", "Disabled"]);
  });

  it("are pending again where the new ones are wrong", async () => {
    const lab = await held();
    const writing = lab.redfish.writeBios(undefined, { NoSuchThing: "Disabled" }, patient());
    await assert.rejects(writing, (error: RedfishError) => {
      assert.match(error.message, /HTTP 400: The property NoSuchThing is not known\. \[Base\.1\.18\.PropertyUnknown\]/);
      return reason(error);
    });
    await assertKept(lab);
  });

  it("are pending again where the BMC fails midway", async () => {
    let deleted = false;
    const lab = await held((line, { bmc, flavour }) => {
      if (line.startsWith(`DELETE ${JOBS}/`)) deleted = true;
      if (!deleted || line !== `GET ${flavour.paths.settings}: 200`) return;
      deleted = false;
      // For every try of the PATCH that follows.
      bmc.setMode("errorBurst", { status: 503, count: QUICK.tries, retryAfterSeconds: 0 });
    });
    const writing = lab.redfish.writeBios(undefined, { MmioAbove4Gb: "Disabled" }, patient());
    await assert.rejects(writing, (error: RedfishError) => {
      assert.match(error.message, /the write of the settings was answered with HTTP 503/);
      return reason(error);
    });
    await assertKept(lab);
  });

  it("are pending again where the user gives up midway", async () => {
    const controller = new AbortController();
    const lab = await held((line) => line.startsWith(`DELETE ${JOBS}/`) && controller.abort());
    const writing = lab.redfish.writeBios(undefined, { MmioAbove4Gb: "Disabled" }, { signal: controller.signal });
    await assert.rejects(writing, (error: RedfishError) => {
      assert.equal(error.phase, "cancelled");
      return reason(error);
    });
    await assertKept(lab);
  });

  it("are pending again before the connection ends where the user gives up midway and the plugin closes", async () => {
    const controller = new AbortController();
    const end: { closed?: Promise<void> } = {};
    const lab = await held((line, { redfish }) => {
      if (!line.startsWith(`DELETE ${JOBS}/`)) return;
      controller.abort();
      end.closed = redfish.close();
    });
    const options = { signal: controller.signal };
    await assert.rejects(lab.redfish.writeBios(undefined, { MmioAbove4Gb: "Disabled" }, options), reason);
    assert.ok(end.closed);
    await end.closed;
    assert.deepEqual(await lab.sessions(), []);
    await assertKept(lab);
  });

  it("stay with a job that runs", async () => {
    const lab = await held();
    const state = lab.bmc.state() as { tasks: object[] };
    lab.bmc.restoreState({ ...state, tasks: state.tasks.map((task) => ({ ...task, state: "Running" })) } as never);
    await assert.rejects(lab.redfish.writeBios(undefined, { MmioAbove4Gb: "Disabled" }, patient()), {
      phase: "refused",
      message: /it has the job JID_000000000001 \(BIOSConfiguration, Running\); boot the host/,
    });
    assert.ok(!lab.log.some((line) => line.startsWith("DELETE")));
  });

  it("get a job with the new ones where they waited without one", async () => {
    const lab = await startLab("dell");
    await lab.admin.patch(lab.paths.settings, { Attributes: { SriovGlobalEnable: "Disabled" } });
    await lab.redfish.writeBios(undefined, { MmioAbove4Gb: "Disabled" }, patient());
    await lab.reset("On");
    const { sriov, aboveFourG } = lab.bmc.effects();
    assert.deepEqual({ sriov, aboveFourG }, { sriov: false, aboveFourG: false });
  });

  it("of the same value need no write, and keep their job", async () => {
    const lab = await held();
    await lab.redfish.writeBios(undefined, { SriovGlobalEnable: "Disabled" }, patient());
    assert.ok(!lab.log.some((line) => line.startsWith("DELETE")));
    await assertKept(lab);
  });

  it("can be taken back", async () => {
    const lab = await held();
    await lab.redfish.writeBios(undefined, { SriovGlobalEnable: "Enabled", AssetTag: "" }, patient());
    const reading = await lab.redfish.readBios(undefined, patient());
    assert.deepEqual([reading?.pending, reading?.job], [{}, undefined]);
  });
});
