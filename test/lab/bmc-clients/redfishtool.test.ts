import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bench, clearBenches, startBench, temporaryDirectory } from "../unit/bmc/support/bench";
import { type Output, PythonClients } from "./support/python-clients";

const INSTALL_LIMIT_MS = 900_000;

describe("redfishtool drives the BMC", () => {
  let clients: PythonClients;

  before(async function () {
    this.timeout(INSTALL_LIMIT_MS);
    clients = await PythonClients.ready();
  });
  afterEach(clearBenches);

  /** Runs redfishtool with the password in its configuration file. */
  function redfishtool({ bmc }: Bench, auth: string, ...args: readonly string[]): Promise<Output> {
    const [user] = bmc.users;
    const file = join(temporaryDirectory(), "redfishtool.json");
    writeFileSync(file, JSON.stringify({ user: user?.userName, password: user?.password }), { mode: 0o600 });
    const host = bmc.url.replace("https://", "");
    const options = ["-r", host, "-c", file, "-A", auth, "-S", "Always"];
    return clients.python([clients.program("redfishtool"), ...options, ...args], bmc.certificateFile);
  }

  for (const auth of ["Basic", "Session"]) {
    it(`by ${auth} authentication: reads Systems and resets`, async function () {
      this.timeout(INSTALL_LIMIT_MS);
      const bench = await startBench("supermicro");
      const systems = await redfishtool(bench, auth, "Systems");
      assert.equal(systems.code, 0, systems.stderr);
      assert.equal(JSON.parse(systems.stdout)["Members@odata.count"], 1);
      const system = await redfishtool(bench, auth, "Systems", "-1");
      assert.equal(JSON.parse(system.stdout).PowerState, "Off");
      const reset = await redfishtool(bench, auth, "Systems", "-1", "reset", "On");
      assert.equal(reset.code, 0, reset.stderr);
      assert.deepEqual(bench.system.resets, ["On"]);
      const wrong = await redfishtool(bench, auth, "Systems", "-1", "reset", "Nmi");
      assert.notEqual(wrong.code, 0);
      assert.deepEqual(bench.system.resets, ["On"]);
    });
  }

  it("sets the boot source for once", async function () {
    this.timeout(INSTALL_LIMIT_MS);
    const bench = await startBench("hpe");
    const set = await redfishtool(bench, "Basic", "Systems", "-1", "setBootOverride", "Once", "Pxe");
    assert.equal(set.code, 0, set.stderr);
    assert.equal(bench.bmc.post("reset").bootOverride, "Pxe");
  });
});
