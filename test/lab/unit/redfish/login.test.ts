import assert from "node:assert/strict";
import { Bmcs, type RedfishError } from "../../../../provider/reach/redfish";
import { startBench, virtualizationOf } from "../bmc/support/bench";
import { endLabs, type Lab, patient, QUICK, startLab } from "./support/lab-redfish";

const SESSIONS = "/redfish/v1/SessionService/Sessions";
const logins = ({ log }: Lab): string[] => log.filter((line) => line.startsWith(`POST ${SESSIONS}`));

describe("Redfish client: login", () => {
  afterEach(endLabs);
  it("tries a wrong password once, however many ask and however often", async () => {
    const lab = await startLab("supermicro", { access: { password: "Wrong-password-1" } });
    const same = lab.bmcs.redfish("node8", lab.access);
    const asked = () => [lab.redfish, lab.redfish, same].map((client) => client.readBios(undefined, patient()));
    const write = () => lab.redfish.writeBios(undefined, { SR_IOVSupport_00B3: "Disabled" }, patient());
    const results = [
      ...(await Promise.allSettled([...asked(), write()])),
      ...(await Promise.allSettled([...asked(), write()])),
    ];
    assert.deepEqual(logins(lab), [`POST ${SESSIONS}: 401`]);
    for (const result of results) {
      assert.equal(result.status, "rejected");
      const error = result.reason as RedfishError;
      assert.equal(error.phase, "authenticate");
      assert.match(
        error.message,
        /^node[78]: (?:read the|write) BIOS settings: the BMC did not let in the user ADMIN \(it says: .*AccessDenied.*\); check bmc\.user and bmc\.password/,
      );
      assert.match(error.message, /No further login is tried in this run/);
      assert.ok(!error.message.includes("Wrong-password-1"));
    }
    assert.equal((results.at(-1) as PromiseRejectedResult).reason.message.split(":")[0], "node7", "its own name");
    // Other credentials are not concerned.
    const { bmc } = lab;
    const [admin] = bmc.users;
    const right = lab.bmcs.redfish("node7", { ...lab.access, password: admin?.password ?? "" });
    assert.ok(await right.readBios(undefined, patient()));
    await right.close();
  });

  it("tries a wrong password once by Basic authentication too", async () => {
    const lab = await startLab("ami");
    lab.bmc.setMode("sessionLimit", 0);
    await lab.redfish.readBios(undefined, patient());
    const admin = lab.bmc.users[0];
    const changed = await lab.admin.patch("/redfish/v1/AccountService/Accounts/1", { Password: "Another-one-22" });
    assert.ok(changed.status < 300 || changed.status === 428, `${admin?.userName}: ${changed.status}`);
    if (changed.status === 428) {
      const { headers } = await lab.admin.get("/redfish/v1/AccountService/Accounts/1");
      const again = { "if-match": headers.etag as string };
      await lab.admin.patch("/redfish/v1/AccountService/Accounts/1", { Password: "Another-one-22" }, again);
    }
    lab.log.length = 0;
    for (let time = 0; time < 3; time += 1) {
      await assert.rejects(lab.redfish.readBios(undefined, patient()), { phase: "authenticate" });
    }
    assert.equal(lab.log.filter((line) => line.endsWith(": 401")).length, 1);
  });

  it("reads as a user who may only read, and says that it may not write", async () => {
    const lab = await startLab("dell", { role: "ReadOnly" });
    const { name, off } = virtualizationOf(lab.flavour);
    assert.ok(await lab.redfish.readBios(undefined, patient()));
    await assert.rejects(lab.redfish.writeBios(undefined, { [name]: off }, patient()), (error: RedfishError) => {
      assert.equal(error.phase, "privilege");
      assert.match(
        error.message,
        /^node7: write BIOS settings: the user readonly of the BMC may not do this \(it says: .*InsufficientPrivilege.*\); use a user with the role Administrator/,
      );
      assert.ok(!error.message.includes(lab.access.password));
      return true;
    });
    assert.deepEqual((await lab.redfish.readBios(undefined, patient()))?.pending, {});
  });

  it("shares one session, which is gone after close", async () => {
    const lab = await startLab("hpe");
    const other = lab.bmcs.redfish("node7-again", lab.access);
    await Promise.all([lab.redfish, other, lab.redfish].map((client) => client.readBios(undefined, patient())));
    assert.equal(logins(lab).length, 1);
    assert.equal((await lab.sessions()).length, 1);
    await lab.redfish.close();
    assert.equal((await lab.sessions()).length, 1, "the other one still uses it");
    await other.close();
    assert.deepEqual(await lab.sessions(), []);
    assert.ok(await lab.redfish.readBios(undefined, patient()), "a later reading logs in anew");
    await lab.redfish.close();
    assert.deepEqual(await lab.sessions(), []);
  });

  it("closes after the reading that is in progress, and leaves no session of it", async () => {
    const end: { closed?: Promise<void> } = {};
    const here: { lab?: Lab } = {};
    const onRequest = (line: string) => {
      if (here.lab && line.startsWith("GET") && line.includes("/Bios")) end.closed ??= here.lab.redfish.close();
    };
    const lab = await startLab("supermicro", { onRequest });
    here.lab = lab;
    assert.ok(await lab.redfish.readBios(undefined, patient()));
    assert.ok(end.closed);
    await end.closed;
    assert.equal(logins(lab).length, 1, "its session was not ended midway");
    assert.match(lab.log.at(-1) ?? "", /^DELETE .*Sessions/);
    assert.deepEqual(await lab.sessions(), []);
  });

  it("ends the session by itself a while after the last use", async () => {
    let ended: () => void = () => undefined;
    const logout = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const onRequest = (line: string) => line.startsWith(`DELETE ${SESSIONS}/`) && ended();
    const lab = await startLab("dgx", { limits: { idleMs: 20 }, onRequest });
    await lab.redfish.readBios(undefined, patient());
    await logout;
    assert.deepEqual(await lab.sessions(), []);
    assert.ok(await lab.redfish.readBios(undefined, patient()));
  });

  it("logs in again, once, where the BMC has forgotten the session", async () => {
    const lab = await startLab("ami");
    await lab.redfish.readBios(undefined, patient());
    const reset = "/redfish/v1/Managers/Self/Actions/Manager.Reset";
    assert.equal((await lab.admin.post(reset, { ResetType: "GracefulRestart" })).status, 204);
    assert.deepEqual(await lab.sessions(), []);
    assert.ok(await lab.redfish.readBios(undefined, patient()));
    assert.equal(logins(lab).length, 2);
  });

  it("warns where certificates are not checked, once", async () => {
    const warnings: string[] = [];
    const { bmcs, access } = await startLab("dgx");
    const { caCertificates: _, ...rest } = access;
    const blind = bmcs.redfish("node7", { ...rest, verifyCertificate: false });
    const options = { ...patient(), warn: (message: string) => warnings.push(message) };
    await blind.readBios(undefined, options);
    await blind.readBios(undefined, options);
    await blind.close();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /^node7: the certificate of its BMC is not checked/);
  });

  it("reads a registry once for two BMCs of one model", async () => {
    const bmcs = new Bmcs(QUICK);
    const labs = await Promise.all([1, 2, 3].map((n) => startLab("supermicro", { bmcs, machine: `node${n}` })));
    const readings = await Promise.all(labs.map(({ redfish }) => redfish.readBios(undefined, patient())));
    assert.equal(new Set(readings.map((reading) => reading?.registry)).size, 1);
    const path = labs[0]?.flavour.registry.path;
    const reads = labs.flatMap(({ log }) => log).filter((line) => line === `GET ${path}: 200`);
    assert.equal(reads.length, 1);
  });

  it("says that nothing listens there, at once", async () => {
    const { bmc } = await startBench("hpe");
    await bmc.close();
    const lab = await startLab("hpe", { access: { address: bmc.url } });
    await assert.rejects(lab.redfish.readBios(undefined, patient()), {
      phase: "connect",
      message:
        "node7: read the BIOS settings: the BMC was not reached: nothing listens at its address and port (ECONNREFUSED); check bmc.address, and that the BMC has power and its network cable",
    });
  });
});
