import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { LabHost } from "../../lab/client/lab-host";
import type { HostStatus } from "../../lab/host/host-status";
import { assertDiscovered } from "./support/discovered";
import { npmRunLab } from "./support/gpudirect";
import { testLabDirectory } from "./support/lab-directory";

const SMALL = ["--memory", "3072"];

/** As a user types it. The hosts are one of another make and one whose switches are nested. */
describe("npm run lab, with two hosts side by side", function () {
  this.timeout(1_200_000);
  const directory = testLabDirectory();
  let outputs: { stdout: string; stderr: string }[];

  before(async () => {
    outputs = await Promise.all([
      npmRunLab("up", "a100", "--host", "a100", "--flavour", "dell", "--memory", "4096"),
      npmRunLab("up", "nested", "--host", "nested-switches", "--flavour", "hpe", ...SMALL),
    ]);
  });
  after(async () => {
    for (const name of ["a100", "nested"]) if (LabHost.exists(name)) await LabHost.named(name).down();
  });

  it("up says that the image is from the cache, shows its progress and how to reach the host", () => {
    for (const { stdout, stderr } of outputs) {
      assert.match(stderr, /disk image from the cache, built \d{4}-\d\d-\d\d/);
      assert.match(stderr, /booting \w+: done in \d+ s/);
      assert.match(stdout, /ssh +ssh -F \S+ (a100|nested)\n +BMC +https:\/\/127\.0\.0\.1:\d+ \((dell|hpe)\)/);
    }
  });

  it("status shows both, with ports of their own", async () => {
    const found = JSON.parse((await npmRunLab("status", "--json")).stdout) as HostStatus[];
    const mine = found.filter(({ name }) => name !== "hgx");
    assert.deepEqual(mine.map(({ name, power }) => [name, power]).sort(), [
      ["a100", "On"],
      ["nested", "On"],
    ]);
    assert.equal(new Set(mine.flatMap(({ ssh, bmc }) => [ssh.port, bmc.address])).size, 4);
  });

  it("ssh runs a command in the host that is named", async () => {
    assert.equal((await npmRunLab("ssh", "nested", "--", "hostname")).stdout, "nested\n");
  });

  it("the A100 host, read by gpudirect discover, is its host file's tree", () =>
    assertDiscovered(LabHost.named("a100"), "a100"));

  it("the host with nested switches, read by gpudirect discover, is its host file's tree", () =>
    assertDiscovered(LabHost.named("nested"), "nested-switches"));

  it("a second up changes nothing and says so", async () => {
    const { starts } = await LabHost.named("nested").status();
    const { stderr } = await npmRunLab("up", "nested");
    assert.match(stderr, /nested is there already/);
    assert.equal((await LabHost.named("nested").status()).starts, starts);
  });

  it("power-off keeps BMC and cards; down leaves nothing", async () => {
    const a100 = LabHost.named("a100");
    await npmRunLab("power-off", "a100");
    assert.equal((await a100.status()).power, "Off");
    for (const name of ["a100", "nested"]) {
      const path = join(directory, name);
      assert.ok(users(path).length > 0, "there is something to leave");
      await npmRunLab("down", name);
      assert.deepEqual(users(path), []);
      assert.equal(existsSync(path), false);
      assert.doesNotMatch(readFileSync("/proc/mounts", "utf8"), new RegExp(path));
    }
  });
});

/** Processes that name a folder among their arguments or have something in it open or locked. */
function users(path: string): string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .flatMap((pid) => {
      try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
        return [argv, ...open].some((text) => text.includes(`${path}/`)) ? [`${pid} ${argv}`] : [];
      } catch {
        // The process ended while it was looked at.
        return [];
      }
    });
}
