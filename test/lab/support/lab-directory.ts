import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LabHost } from "../../../lab/client/lab-host";

/**
 * A folder of its own for the hosts of this test run, with a short path: sockets lie in it. GPUDIRECT_TEST_LAB_KEEP names
 * one that is kept, with its hosts and their snapshots, for those who write tests.
 */
export function testLabDirectory(): string {
  const kept = process.env.GPUDIRECT_TEST_LAB_KEEP;
  process.env.GPUDIRECT_LAB_DIRECTORY ??= kept ?? mkdtempSync("/var/tmp/gpudirect-lab-");
  return process.env.GPUDIRECT_LAB_DIRECTORY;
}

testLabDirectory();

after("remove the lab's hosts", async function () {
  this.timeout(120_000);
  if (process.env.GPUDIRECT_TEST_LAB_KEEP) return;
  const directory = testLabDirectory();
  for (const name of readdirSync(directory)) {
    if (existsSync(join(directory, name, "host.json"))) await LabHost.named(name).down();
  }
  rmSync(directory, { recursive: true, force: true });
});
