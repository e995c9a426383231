import assert from "node:assert/strict";
import { join } from "node:path";
import { FLAVOUR_NAMES } from "../../../lab/bmc/flavours";
import { clearBenches, startBench, virtualizationOf } from "../unit/bmc/support/bench";
import { PythonClients } from "./support/python-clients";

const INSTALL_LIMIT_MS = 900_000;

describe("sushy drives the BMC", () => {
  let clients: PythonClients;

  before(async function () {
    this.timeout(INSTALL_LIMIT_MS);
    clients = await PythonClients.ready();
  });
  afterEach(clearBenches);

  for (const name of FLAVOUR_NAMES) {
    it(`of flavour ${name}: reads, sets a BIOS attribute, resets, sees it applied`, async function () {
      this.timeout(INSTALL_LIMIT_MS);
      const { bmc, flavour, paths, system } = await startBench(name);
      const { name: attribute, on, off } = virtualizationOf(flavour);
      const [user] = bmc.users;
      const task = {
        url: bmc.url,
        userName: user?.userName,
        password: user?.password,
        certificateFile: bmc.certificateFile,
        system: paths.system,
        attribute,
        value: off,
        applyTime: bmc.modes.needsApplyTime,
      };
      const script = join(__dirname, "drive-sushy.py");
      const { code, stdout, stderr } = await clients.python([script], bmc.certificateFile, JSON.stringify(task));
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), {
        power: ["Off", "On"],
        manufacturer: "Lab",
        registered: true,
        before: on,
        pending: off,
        after: off,
        succeeded: true,
        messages: ["Success"],
        boot: ["Pxe", "Once"],
      });
      assert.deepEqual(system.resets, ["On", "ForceRestart"]);
      assert.equal(bmc.effects().virtualization, false);
    });
  }
});
