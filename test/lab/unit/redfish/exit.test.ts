import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const REPOSITORY = join(__dirname, "../../../..");
/** Winds down for longer than five seconds, as putting settings of a slow BMC back may take. */
const PROGRAM = `
  const { exitWithParent } = require("./provider/protocol/exit");
  exitWithParent(async () => {
    await new Promise((done) => setTimeout(done, 5500));
    process.stdout.write("put back");
  });
  setInterval(() => undefined, 1000);
  process.stdout.write("ready ");
`;

describe("Redfish client: the end of the process", () => {
  it("comes after what is being put back at a slow BMC", async function () {
    this.timeout(60_000);
    const child = spawn(process.execPath, ["--require", "tsx/cjs", "--eval", PROGRAM], { cwd: REPOSITORY });
    let said = "";
    child.stdout.on("data", (data) => {
      said += data;
    });
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    const [code] = await once(child, "close");
    assert.deepEqual([code, said], [143, "ready put back"]);
  });
});
