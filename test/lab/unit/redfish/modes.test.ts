import assert from "node:assert/strict";
import { FLAVOUR_NAMES, type FlavourName } from "../../../../lab/bmc/flavours";
import type { ModeName } from "../../../../lab/bmc/modes";
import { RedfishError } from "../../../../provider/reach/redfish";
import { virtualizationOf } from "../bmc/support/bench";
import { endLabs, type Lab, type LabSettings, patient, startLab } from "./support/lab-redfish";

/** A lab BMC whose system is on, with a setting to write and a second one. */
async function started(flavour: FlavourName, settings: LabSettings = {}) {
  const lab = await startLab(flavour, settings);
  await lab.reset("On");
  const first = virtualizationOf(lab.flavour);
  const sriov = lab.flavour.effects.sriov;
  assert.ok(sriov);
  const second = { name: sriov.attribute, off: Object.keys(sriov.values).find((value) => !sriov.values[value]) ?? "" };
  const write = (attributes: Record<string, string>) => lab.redfish.writeBios(undefined, attributes, patient());
  const read = async () => {
    const reading = await lab.redfish.readBios(undefined, patient());
    assert.ok(reading);
    return reading;
  };
  return { lab, first, second, write, read };
}

const count = ({ log }: Lab, begin: string): number => log.filter((line) => line.startsWith(begin)).length;

/** What our client makes of each mode, at any vendor's BMC. */
const MODES: Record<ModeName, (flavour: FlavourName) => Promise<void>> = {
  appliesAtReset: async (flavour) => {
    const { lab, first, write, read } = await started(flavour);
    lab.bmc.setMode("appliesAtReset", false);
    await write({ [first.name]: first.off });
    await lab.reset("ForceRestart");
    assert.deepEqual((await read()).pending, { [first.name]: first.off }, "a warm reset is not enough");
    await lab.reset("PowerCycle");
    const { current, pending } = await read();
    assert.deepEqual([current[first.name], pending], [first.off, {}]);
  },

  needsApplyTime: async (flavour) => {
    const { lab, first, second, write, read } = await started(flavour);
    lab.bmc.setMode("needsApplyTime", true);
    const { headers } = await lab.admin.get(lab.paths.settings);
    const plain = { Attributes: { [second.name]: second.off } };
    await lab.admin.patch(lab.paths.settings, plain, { "if-match": headers.etag as string });
    await write({ [first.name]: first.off });
    await lab.reset("ForceRestart");
    const { current, pending } = await read();
    assert.deepEqual([current[first.name], current[second.name], pending], [first.off, second.off, {}]);
  },

  lockedByJob: async (flavour) => {
    const { lab, first, second, write, read } = await started(flavour);
    lab.bmc.setMode("lockedByJob", true);
    await write({ [first.name]: first.off });
    const further = write({ [second.name]: second.off });
    if (flavour === "dell") {
      await further;
      const { pending, job } = await read();
      assert.deepEqual(pending, { [first.name]: first.off, [second.name]: second.off });
      assert.match(job ?? "", /JID_000000000002 \(BIOSConfiguration, Scheduled\)$/);
    } else {
      await assert.rejects(further, {
        name: "RedfishError",
        phase: "refused",
        message:
          "node7: write BIOS settings: the BMC takes no settings while others are scheduled: it has the task 1 (BIOS configuration, New); boot the host, or let it come to its end, then try again",
      });
      assert.deepEqual((await read()).pending, { [first.name]: first.off });
      // What is scheduled already can be asked for again.
      await write({ [first.name]: first.off });
    }
    await lab.reset("ForceRestart");
    if (flavour !== "dell") {
      await write({ [second.name]: second.off });
      await lab.reset("ForceRestart");
    }
    const { current, pending } = await read();
    assert.deepEqual([current[first.name], current[second.name], pending], [first.off, second.off, {}]);
  },

  earlyReporting: async (flavour) => {
    const { lab, first, second, write, read } = await started(flavour);
    lab.bmc.setMode("earlyReporting", true);
    await write({ [first.name]: first.off });
    const early = await read();
    assert.equal(early.current[first.name], first.off);
    // One that lists every setting, and shows it early, gives no sign of what is pending.
    const shows = lab.flavour.settingsShow === "pending";
    assert.deepEqual(early.pending, shows ? { [first.name]: first.off } : {});
    await write({ [second.name]: second.off });
    await lab.reset("ForceRestart");
    const { current, pending } = await read();
    assert.deepEqual([current[first.name], current[second.name], pending], [first.off, second.off, {}]);
    assert.equal(lab.bmc.effects().virtualization, false);
  },

  needsIfMatch: async (flavour) => {
    let changed = 0;
    // Between the reading of the ETag and the PATCH the settings change, and the session ends.
    const onRequest = (line: string, { lab, second }: Awaited<ReturnType<typeof started>>): void => {
      if (!line.startsWith(`GET ${lab.flavour.paths.settings}`) || changed > 0) return;
      changed += 1;
      const state = lab.bmc.state() as Record<string, object>;
      lab.bmc.restoreState({ ...state, pending: { [second.name]: second.off } } as never);
    };
    const bench: { current?: Awaited<ReturnType<typeof started>> } = {};
    bench.current = await started(flavour, { onRequest: (line) => bench.current && onRequest(line, bench.current) });
    const { lab, first, second, write, read } = bench.current;
    lab.bmc.setMode("needsIfMatch", true);
    changed = 0;
    await write({ [first.name]: first.off });
    assert.equal(changed, 1);
    assert.ok(lab.log.some((line) => line === `PATCH ${lab.paths.settings}: 412` || line.endsWith("/: 412")));
    await lab.reset("ForceRestart");
    const { current } = await read();
    assert.deepEqual([current[first.name], current[second.name]], [first.off, second.off]);
  },

  registryAbsent: async (flavour) => {
    const { lab, first, write, read } = await started(flavour);
    lab.bmc.setMode("registryAbsent", true);
    const { registry, registryProblem } = await read();
    assert.equal(registry, undefined);
    const { id } = lab.flavour.registry;
    const words = `the BMC names the attribute registry ${id} and does not have it; some have it after the next boot`;
    assert.equal(registryProblem, words);
    await write({ [first.name]: first.off });
    assert.deepEqual((await read()).pending, { [first.name]: first.off });
    await lab.reset("ForceRestart");
    assert.equal((await read()).current[first.name], first.off);
    lab.bmc.setMode("registryAbsent", false);
    assert.equal((await read()).registry?.id, id);
  },

  slow: async (flavour) => {
    const { lab, first, write, read } = await started(flavour);
    lab.bmc.setMode("slow", 30);
    await write({ [first.name]: first.off });
    await lab.reset("ForceRestart");
    assert.equal((await read()).current[first.name], first.off);
    lab.bmc.setMode("slow", 20_000);
    const impatient = lab.bmcs.redfish("node7", { ...lab.access, user: "operator" });
    const aborted = new AbortController();
    const waiting = impatient.readBios(undefined, { signal: aborted.signal });
    aborted.abort();
    await assert.rejects(waiting, { phase: "cancelled", message: "node7: read the BIOS settings: was cancelled" });
    lab.bmc.setMode("slow", 0);
  },

  errorBurst: async (flavour) => {
    const { lab, first, write, read } = await started(flavour);
    for (const status of [500, 502, 503, 504] as const) {
      lab.bmc.setMode("errorBurst", { status, count: 3, retryAfterSeconds: 0 });
      assert.equal((await read()).current[first.name], first.on, `${status} at a reading`);
    }
    for (const status of [502, 503, 504] as const) {
      lab.bmc.setMode("errorBurst", { status, count: 3, retryAfterSeconds: 0 });
      await write({ [first.name]: first.off });
    }
    await lab.reset("ForceRestart");
    assert.equal((await read()).current[first.name], first.off);
    lab.bmc.setMode("errorBurst", { status: 503, count: 99, retryAfterSeconds: 0 });
    await assert.rejects(read(), (error: RedfishError) => {
      assert.ok(error instanceof RedfishError);
      assert.match(error.message, /was answered with HTTP 503: The service is not available now\. .*try again later/);
      return true;
    });
    lab.bmc.setMode("errorBurst", null);
  },

  cut: async (flavour) => {
    let cutNext = false;
    const bench: { lab?: Lab } = {};
    // The log is written just before the answer goes out.
    const onRequest = (line: string) => {
      if (cutNext && line.startsWith("PATCH")) bench.lab?.bmc.setMode("cut", 1);
      if (line.startsWith("PATCH")) cutNext = false;
    };
    const { lab, first, write, read } = await started(flavour, { onRequest });
    bench.lab = lab;
    lab.bmc.setMode("cut", 3);
    assert.equal((await read()).current[first.name], first.on);
    cutNext = true;
    await write({ [first.name]: first.off });
    assert.equal(count(lab, "PATCH"), 1, "what has taken is not sent again");
    assert.deepEqual((await read()).pending, { [first.name]: first.off });
    lab.bmc.setMode("cut", 1);
    await lab.redfish.close();
    lab.bmc.setMode("cut", 1);
    await read();
    await lab.redfish.close();
    assert.deepEqual(await lab.sessions(), []);
    await lab.reset("ForceRestart");
    assert.equal((await read()).current[first.name], first.off);
  },

  certificateChanged: async (flavour) => {
    const { lab, first, read } = await started(flavour);
    const { address, user, password } = lab.access;
    const pinned = await lab.fingerprint();
    const as = (trust: object) =>
      lab.bmcs.redfish("node7", { address, user, password, verifyCertificate: true, ...trust });
    const pin = as({ certificateSha256: pinned });
    assert.equal((await pin.readBios(undefined, patient()))?.current[first.name], first.on);
    await read();
    await Promise.all([pin.close(), lab.redfish.close()]);
    lab.bmc.setMode("certificateChanged", true);
    const seen = await lab.fingerprint();
    assert.notEqual(seen, pinned);
    lab.log.length = 0;
    for (const client of [pin, lab.redfish, as({})]) {
      await assert.rejects(client.readBios(undefined, patient()), (error: RedfishError) => {
        assert.equal(error.phase, "authenticate");
        assert.ok(error.message.includes(seen) && /the password was not sent/i.test(error.message), error.message);
        assert.ok(!error.message.includes(password));
        return true;
      });
    }
    assert.deepEqual(lab.log, [], "not a request came through");
    const anew = as({ certificateSha256: seen.replaceAll(":", "").toLowerCase() });
    assert.ok(await anew.readBios(undefined, patient()));
    await anew.close();
  },

  refused: async (flavour) => {
    const { lab, first, second, write, read } = await started(flavour);
    lab.bmc.setMode("refused", [first.name]);
    await write({ [first.name]: first.off, [second.name]: second.off });
    await lab.reset("ForceRestart");
    const { current, pending, failures } = await read();
    assert.deepEqual([current[first.name], current[second.name], pending], [first.on, second.off, {}]);
    assert.deepEqual(failures, [
      {
        message: `The property ${first.name} with the value ${first.off} was not accepted. [Base.1.18.PropertyValueIncorrect] Send another value.`,
        attributes: [first.name],
      },
    ]);
  },

  sessionLimit: async (flavour) => {
    const { lab, first, write, read } = await started(flavour);
    lab.bmc.setMode("sessionLimit", 0);
    await write({ [first.name]: first.off });
    assert.deepEqual((await read()).pending, { [first.name]: first.off });
    assert.equal(count(lab, "POST /redfish/v1/SessionService/Sessions"), 1, "it is not asked for again and again");
    assert.deepEqual(await lab.sessions(), []);
    await lab.reset("ForceRestart");
    assert.equal((await read()).current[first.name], first.off);
  },
};

for (const [mode, shows] of Object.entries(MODES)) {
  describe(`Redfish client, with the BMC's mode ${mode}`, () => {
    afterEach(endLabs);
    for (const flavour of FLAVOUR_NAMES) {
      it(`comes to the right result at ${flavour}`, () => shows(flavour));
    }
  });
}
