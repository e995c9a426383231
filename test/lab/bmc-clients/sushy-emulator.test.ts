import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { certificateIn } from "../../../lab/bmc/certificate";
import { type BmcAccess, Bmcs, type Redfish } from "../../../provider/reach/redfish";
import { clearBenches, temporaryDirectory } from "../unit/bmc/support/bench";
import { patient, QUICK } from "../unit/redfish/support/lab-redfish";
import { PythonClients } from "./support/python-clients";

const INSTALL_LIMIT_MS = 900_000;
const [USER, PASSWORD] = ["admin", "Emulator-pass-7"];

/** sushy-tools' emulator applies what is written at once, has a registry of its own naming, Basic authentication alone. */
describe("Redfish client against sushy-tools' emulator", () => {
  let stop: () => Promise<unknown> = async () => undefined;
  let access: BmcAccess;
  let redfish: Redfish;
  let system: string;
  const bmcs = new Bmcs(QUICK);
  let said = "";

  before(async function () {
    this.timeout(INSTALL_LIMIT_MS);
    const clients = await PythonClients.ready();
    const folder = temporaryDirectory();
    const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "certificate.key")];
    const { cert: caCertificates } = certificateIn(certificate, key, "sushy");
    const service = clients.start([join(__dirname, "serve-sushy.py")]);
    stop = async () => {
      if (service.exitCode !== null) return;
      const ended = once(service, "exit");
      service.stdin.end();
      await ended;
    };
    service.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    service.stdin.write(`${JSON.stringify({ user: USER, password: PASSWORD, certificate, key })}\n`);
    const exit = once(service, "exit").then(() => Promise.reject(new Error(`it ended: ${said}`)));
    exit.catch(() => undefined);
    const [port] = (await Promise.race([once(service.stdout, "data"), exit])) as [Buffer];
    const address = `https://127.0.0.1:${port.toString().trim()}`;
    access = { address, user: USER, password: PASSWORD, caCertificates, verifyCertificate: true };
    redfish = bmcs.redfish("node7", access);
  });
  after(async () => {
    await redfish?.close();
    await stop();
    await clearBenches();
  });

  it("reads settings, registry and power", async () => {
    const reading = await redfish.readBios(undefined, patient());
    assert.ok(reading);
    system = reading.system.id;
    assert.equal(system, "c7a5fdbd-cdaf-9455-926a-d65c16db1809");
    assert.equal(reading.system.powerState, "Off");
    assert.deepEqual(reading.pending, {});
    assert.equal(reading.current.ProcTurboMode, "Enabled");
    assert.equal(reading.registry?.id, "BiosAttributeRegistryP89.v1_0_0");
    const turbo = reading.registry.attributes.find(({ name }) => name === "ProcTurboMode");
    assert.deepEqual(
      turbo?.values?.map(({ name }) => name),
      ["Enabled", "Disabled"],
    );
  });

  it("writes raw attributes, and reads them back", async () => {
    await redfish.writeBios(system, { ProcTurboMode: "Disabled" }, patient());
    const reading = await redfish.readBios(system, patient());
    assert.deepEqual([reading?.current.ProcTurboMode, reading?.pending], ["Disabled", {}]);
  });

  it("finds no other system", async () => {
    assert.equal(await redfish.readBios("node9", patient()), undefined);
  });

  it("is not let in with a wrong password", async () => {
    const wrong = bmcs.redfish("node7", { ...access, password: "Emulator-pass-8" });
    for (let time = 0; time < 2; time += 1) {
      await assert.rejects(wrong.readBios(undefined, patient()), { phase: "authenticate" });
    }
    assert.equal(said.match(/ 401 /g)?.length, 1);
  });
});
