import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../../../core/problems";
import { createHost } from "../../../../lab/client/create-host";
import { LabHost } from "../../../../lab/client/lab-host";
import { type HostDirectory, hostDirectory } from "../../../../lab/host/host-directory";
import { readSpec } from "../../../../lab/host/host-spec";
import { SshRelay } from "../../../../lab/keeper/ssh-relay";
import { eventually } from "../../../support/eventually";
import { newLabFolder, removeLabFolder } from "./support/lab-folder";
import { processesWith, runs } from "./support/processes";
import { makeSmallHost, TOPOLOGY } from "./support/small-host";

describe("keeper of a lab host", () => {
  let folder: string;

  beforeEach(() => {
    folder = newLabFolder();
  });

  afterEach(async () => {
    for (const name of ["small", "other"]) {
      if (existsSync(hostDirectory(name).path)) await LabHost.remains(name).down();
    }
    assert.deepEqual(processesWith(folder), [], "no process is left");
    removeLabFolder();
  });

  async function started(): Promise<{ host: LabHost; directory: HostDirectory }> {
    const directory = await makeSmallHost();
    const host = LabHost.named("small");
    await host.switchOn();
    return { host, directory };
  }

  it("is one, however many start it at once; down ends it and leaves nothing, twice over too", async () => {
    const directory = await makeSmallHost();
    const host = LabHost.named("small");
    await Promise.all([host.switchOn(), LabHost.named("small").switchOn()]);
    const { keeperPid, machinePid, power } = await host.status();
    assert.equal(power, "On");
    assert.equal(processesWith(directory.sockets.monitor).length, 1);
    await Promise.all([host.down(), host.down()]);
    assert.ok(!runs(keeperPid) && !runs(machinePid));
    assert.ok(!existsSync(directory.path));
    assert.throws(
      () => LabHost.remains("small"),
      /^Refusal: name: there is no lab host small; "npm run lab -- up small"/,
    );
  });

  it("takes its machine along when it is killed; the next up goes on with the same disk and BMC", async () => {
    const { host, directory } = await started();
    const { keeperPid, machinePid, bmc } = await host.status();
    process.kill(keeperPid, "SIGKILL");
    await eventually("the machine is gone", () => !runs(machinePid));
    await assert.rejects(host.status(), /the keeper of small does not run; "npm run lab -- up small" starts it again/);
    const disk = statSync(directory.disk).ino;
    await host.switchOn();
    const again = await host.status();
    assert.equal(again.power, "On");
    assert.notEqual(again.keeperPid, keeperPid);
    assert.deepEqual([again.bmc, statSync(directory.disk).ino], [bmc, disk]);
  });

  it("is removed by down when it was killed", async () => {
    const { host, directory } = await started();
    process.kill((await host.status()).keeperPid, "SIGKILL");
    await host.down();
    assert.ok(!existsSync(directory.path));
    assert.deepEqual(processesWith(folder), []);
  });

  it("outlives requests that it refuses, and says no secret in its log", async () => {
    const { host, directory } = await started();
    await assert.rejects(host.reset("Explode" as "On"), (error: unknown) => {
      assert.ok(error instanceof Refusal);
      assert.match(error.message, /^type: must be one of On, ForceOn/);
      return true;
    });
    await assert.rejects(host.fault("bmc-slow", { milliseconds: "soon" }), /milliseconds: must be a whole number/);
    await assert.rejects(host.snapshot("../x"), Refusal);
    await assert.rejects(host.restore("none"), Refusal);
    const log = readFileSync(directory.keeperLog, "utf8");
    const users = JSON.parse(readFileSync((await host.status()).bmc.passwordFile, "utf8")) as { password: string }[];
    for (const { password } of users) assert.ok(!log.includes(password));
    assert.match(log, /keeper of small is up/);
  });

  it("keeps what is secret to its user", async () => {
    const { directory } = await started();
    const mode = (path: string): number => statSync(path).mode & 0o077;
    for (const path of [
      directory.spec,
      directory.keeperLog,
      directory.qemuLog,
      join(directory.bmc, "passwords.json"),
    ]) {
      assert.equal(mode(path), 0, path);
    }
  });

  it("says in its own words why it does not start, and down still works", async () => {
    const directory = await makeSmallHost();
    const { sshPort } = readSpec(directory.spec);
    const taken = await SshRelay.listen(sshPort);
    const host = LabHost.named("small");
    await assert.rejects(
      host.switchOn(),
      new RegExp(`did not start \\(1\\):\\n.*port ${sshPort} of 127.0.0.1, for SSH, is taken`),
    );
    await taken.close();
    writeFileSync(directory.spec, '{"name":"small"');
    await assert.rejects(host.switchOn(), (error: Error) => {
      assert.match(error.message, /host\.json: is damaged \(no JSON\); remove the host/);
      assert.doesNotMatch(error.message, /is taken/, "an earlier start's words");
      return true;
    });
    await host.down();
    assert.ok(!existsSync(directory.path));
  });

  it("is not made where ports are taken or the name is; a failed host leaves nothing", async () => {
    const taken = await SshRelay.listen(0);
    const choices = { topology: TOPOLOGY, flavour: "ami", memoryMiB: 256, cpus: 1, accelerator: "tcg" } as const;
    const parts = { image: folder, mstflint: join(folder, "no-table"), cache: join(folder, "cache") };
    const create = (change: { sshPort?: number; bmcPort?: number } = {}) =>
      createHost(hostDirectory("other"), "other", { ...choices, ...change }, parts);
    await assert.rejects(
      create({ sshPort: taken.port }),
      new RegExp(`^Refusal: --ssh-port: port ${taken.port} .* is taken`),
    );
    const { port } = taken;
    await taken.close();
    await assert.rejects(create({ sshPort: port, bmcPort: port }), /^Refusal: --bmc-port: is the port of SSH too/);
    await assert.rejects(create(), (error: Error) => !(error instanceof Refusal));
    assert.ok(!existsSync(hostDirectory("other").path));
    mkdirSync(hostDirectory("other").path);
    await assert.rejects(create(), /being made by another command, or by one that was interrupted;.*down other/);
  });
});
