import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { Refusal } from "../../../../core/problems";
import { applyFault, clearFaults } from "../../../../lab/faults";
import type { HostDirectory } from "../../../../lab/host/host-directory";
import { type HostSpec, readSpec } from "../../../../lab/host/host-spec";
import { SimulatedHost } from "../../../../lab/keeper/simulated-host";
import { restoreSnapshot, snapshotNames, takeSnapshot } from "../../../../lab/keeper/snapshots";
import { SshRelay } from "../../../../lab/keeper/ssh-relay";
import { statusOf } from "../../../../lab/keeper/status";
import { eventually } from "../../../support/eventually";
import { RedfishClient } from "../bmc/support/redfish-client";
import { newLabFolder, removeLabFolder } from "./support/lab-folder";
import { processesWith, runs } from "./support/processes";
import { GPU, makeSmallHost, NIC } from "./support/small-host";

const RESET = "/Actions/ComputerSystem.Reset";

describe("power of a simulated host", () => {
  let folder: string;
  let directory: HostDirectory;
  let host: SimulatedHost;
  let lines: string[];

  beforeEach(async () => {
    folder = newLabFolder();
    directory = await makeSmallHost();
    host = await open();
  });

  afterEach(async () => {
    await host.close();
    assert.deepEqual(processesWith(folder), [], "no process is left");
    removeLabFolder();
  });

  function open(): Promise<SimulatedHost> {
    lines = [];
    return SimulatedHost.open(readSpec(directory.spec), directory, (line) => lines.push(line));
  }

  async function bmcReset(type: string): Promise<{ status: number; text: string }> {
    const admin = RedfishClient.as(host.bmc);
    const systems = (await admin.get("/redfish/v1/Systems")).body.Members as { "@odata.id": string }[];
    return admin.post(`${systems[0]?.["@odata.id"]}${RESET}`, { ResetType: type });
  }

  const vmStatus = async (): Promise<string> =>
    ((await host.machine.qmp.execute("query-status")) as { status: string }).status;

  /**
   * What an operating system does to switch itself off: SLP_EN in PM1a_CNT, which is there as soon as SeaBIOS has put it
   * there (src/config.h, PORT_ACPI_PM_BASE).
   */
  async function switchesOffUntil(holds: () => boolean): Promise<void> {
    await eventually("the operating system has switched itself off", async () => {
      if (holds()) return true;
      if (host.machinePid !== 0) await host.machine.qmp.human("o /h 0x604 0x2000").catch(() => {});
      return false;
    });
  }

  /** Changes what a card keeps. */
  function setOnCard(): void {
    const before = JSON.stringify(host.nics.state());
    const device = host.plan.addresses.get(NIC) as string;
    const { status, stdout } = host.nics.run({
      program: "mstconfig",
      argv: ["-y", "-d", device, "set", "ATS_ENABLED=1"],
    });
    assert.equal(status, 0, stdout);
    assert.notEqual(JSON.stringify(host.nics.state()), before);
  }

  it("is wired to QEMU: on, off, cycled, by the BMC", async () => {
    assert.equal(host.powerState(), "Off");
    assert.equal(statusOf(host).machinePid, 0);
    assert.equal((await bmcReset("On")).status, 204);
    const first = statusOf(host);
    assert.equal(first.power, "On");
    assert.ok(runs(first.machinePid));
    assert.equal((await bmcReset("ForceRestart")).status, 204);
    const second = statusOf(host);
    assert.ok(runs(second.machinePid) && !runs(first.machinePid), "a reset is a new process");
    assert.equal((await bmcReset("PowerCycle")).status, 204);
    assert.equal(host.starts, 3);
    assert.equal((await bmcReset("ForceOff")).status, 204);
    assert.equal(host.powerState(), "Off");
    assert.deepEqual(processesWith(directory.sockets.monitor), []);
    assert.throws(() => host.machine, /small is off; switch it on first/);
  });

  it("goes Off, and says so, when QEMU is killed from outside; the BMC switches it on again", async () => {
    await host.reset("On");
    process.kill(statusOf(host).machinePid, "SIGKILL");
    await eventually("the host is off", () => host.powerState() === "Off");
    assert.ok(lines.includes("QEMU died"));
    assert.equal((await bmcReset("On")).status, 204);
    assert.equal(host.starts, 2);
  });

  it("obeys requests in the order in which they came", async () => {
    await Promise.all([
      host.reset("On"),
      host.reset("ForceOff"),
      host.reset("On"),
      host.reset("ForceRestart"),
      host.reset("ForceOff"),
    ]);
    assert.equal(host.powerState(), "Off");
    await Promise.all([host.reset("ForceOff"), host.reset("On"), host.reset("On")]);
    assert.equal(host.powerState(), "On");
    assert.equal(processesWith(directory.sockets.monitor).length, 1, "one machine");
  });

  it("starts again when the operating system resets the machine, not when it switches it off", async () => {
    await host.reset("On");
    // The machine may be let go before it has answered.
    await host.machine.qmp.execute("system_reset").catch(() => {});
    await eventually("a start of its own", () => host.starts === 2 && host.powerState() === "On");
    await switchesOffUntil(() => host.powerState() === "Off");
    assert.equal(host.starts, 2);
    assert.ok(lines.includes("power: power-off by the operating system"));
  });

  it("answers the BMC with an error, and is Off, where QEMU does not start", async () => {
    await host.close();
    const spec = { ...readSpec(directory.spec), memoryMiB: 10_000_000 } as HostSpec;
    host = await SimulatedHost.open(spec, directory, (line) => lines.push(line));
    const answer = await bmcReset("On");
    assert.equal(answer.status, 500, answer.text);
    assert.equal(host.powerState(), "Off");
    await assert.rejects(host.reset("On"), /QEMU did not start\n.*emory/s);
    assert.equal(statusOf(host).power, "Off");
  });

  it("names what is gone from the cache", async () => {
    const { image } = host.spec;
    rmSync(image);
    await assert.rejects(host.reset("On"), (error: unknown) => {
      assert.ok(error instanceof Refusal);
      assert.match(error.message, /^image: .*small-image\.qcow2 is gone from the cache.*"npm run lab -- down small"/);
      return true;
    });
    assert.equal(host.powerState(), "Off");
  });

  it("names the port that is taken, and leaves no other one taken", async () => {
    await host.close();
    const ssh = await SshRelay.listen(host.spec.sshPort);
    await assert.rejects(open(), new RegExp(`port ${host.spec.sshPort} of 127.0.0.1, for SSH, is taken`));
    await ssh.close();
    const bmc = await SshRelay.listen(host.spec.bmcPort);
    await assert.rejects(open(), new RegExp(`port ${host.spec.bmcPort} of 127.0.0.1, for the BMC, is taken`));
    await bmc.close();
    host = await open();
  });

  it("hangs in its self-test as often as asked for", async () => {
    await applyFault(host, "boot-hang", { starts: "2" });
    await host.reset("On");
    assert.equal(await vmStatus(), "prelaunch");
    await host.reset("ForceRestart");
    assert.equal(await vmStatus(), "prelaunch");
    await host.reset("ForceRestart");
    assert.equal(await vmStatus(), "running");
  });

  it("powers on slowly, and stops at once when power is cut meanwhile", async () => {
    await applyFault(host, "boot-slow", { seconds: "3600" });
    const on = host.reset("On");
    await eventually("the self-test runs", () => host.powerState() === "PoweringOn");
    assert.equal(statusOf(host).machinePid, 0);
    const late = host.reset("On");
    await host.reset("ForceOff");
    await Promise.all([on, late]);
    assert.deepEqual([host.powerState(), host.starts], ["Off", 0]);
    // A start that was asked for and has not begun is cut as well.
    await Promise.all([host.reset("ForceOff"), host.reset("On"), host.reset("ForceOff")]);
    assert.equal(host.powerState(), "Off");
    await clearFaults(host);
    await host.reset("On");
    assert.equal(host.powerState(), "On");
  });

  it("comes back from a power cut and a storm of resets, or stays off", async () => {
    await host.reset("On");
    await applyFault(host, "power-cut", { seconds: "0" });
    assert.deepEqual([host.powerState(), host.starts], ["On", 2]);
    await applyFault(host, "reset-storm", { times: 3, seconds: 0 });
    assert.deepEqual([host.powerState(), host.starts], ["On", 5]);
    await applyFault(host, "power-cut", { stay: true });
    assert.equal(host.powerState(), "Off");
  });

  it("leaves an operating system that does not obey alone, and restarts one that does", async () => {
    await host.reset("On");
    const { machinePid } = statusOf(host);
    assert.equal((await bmcReset("GracefulShutdown")).status, 204);
    assert.equal((await bmcReset("GracefulShutdown")).status, 204);
    assert.equal((await bmcReset("GracefulRestart")).status, 204);
    assert.equal(statusOf(host).machinePid, machinePid, "it is still the same machine");
    await switchesOffUntil(() => host.starts === 2 && host.powerState() === "On");
    await host.reset("GracefulShutdown");
    await switchesOffUntil(() => host.powerState() === "Off");
    assert.equal(host.starts, 2, "a restart is asked for once");
    await host.reset("GracefulRestart");
    assert.equal(host.powerState(), "Off", "without power nobody notices");
  });

  it("closes while a start waits, and starts no more", async () => {
    await applyFault(host, "boot-slow", { seconds: 3600 });
    const on = host.reset("On");
    await eventually("the self-test runs", () => host.powerState() === "PoweringOn");
    const closed = host.close();
    await assert.rejects(host.reset("On"), /small is going down/);
    await Promise.all([on, closed]);
    assert.equal(host.powerState(), "Off");
  });

  it("tells its state while something long has the turn", async () => {
    await host.reset("On");
    let go = (): void => {};
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    const long = host.meanwhile(() => gone);
    const off = host.reset("ForceOff");
    assert.equal(statusOf(host).power, "On");
    go();
    await Promise.all([long, off]);
    assert.equal(statusOf(host).power, "Off");
  });

  it("has no secret among QEMU's arguments, in its log or in its status", async () => {
    await host.reset("On");
    await bmcReset("ForceRestart");
    const secrets = [...host.bmc.users.map(({ password }) => password), readFileSync(directory.sshKey, "utf8").trim()];
    const argv = readFileSync(`/proc/${host.machinePid}/cmdline`, "utf8");
    const shown = [argv, lines.join("\n"), JSON.stringify(statusOf(host))];
    assert.ok(secrets.length > 1);
    for (const secret of secrets) for (const text of shown) assert.ok(!text.includes(secret));
  });

  describe("snapshots", () => {
    const cardState = () => JSON.stringify(host.nics.state());

    it("bring back a running machine, its firmware, and an end of all faults", async () => {
      await host.reset("On");
      const before = cardState();
      await takeSnapshot(host, "first");
      assert.deepEqual(snapshotNames(host), ["first"]);
      assert.deepEqual(statusOf(host).snapshots, ["first"]);
      setOnCard();
      await applyFault(host, "device-vanished", { address: GPU });
      await applyFault(host, "boot-hang", {});
      await applyFault(host, "bmc-slow", { milliseconds: 1 });
      await host.reset("ForceOff");
      await restoreSnapshot(host, "first");
      assert.equal(host.powerState(), "On");
      assert.equal(await vmStatus(), "running");
      assert.equal(cardState(), before);
      assert.equal(host.faults.vanished.size + host.faults.hangingStarts, 0);
      assert.equal(host.bmc.modes.slow, 0);
    });

    it("bring back a host that is off, the latest of that name", async () => {
      await takeSnapshot(host, "off");
      await takeSnapshot(host, "off");
      await host.reset("On");
      await restoreSnapshot(host, "off");
      assert.equal(host.powerState(), "Off");
      await host.reset("On");
      await takeSnapshot(host, "off");
      await restoreSnapshot(host, "off");
      assert.equal(host.powerState(), "On", "a running one replaced it");
    });

    it("are refused with what is wrong", async () => {
      for (const name of ["", "A", "a b", "../a", "-a", `a${"b".repeat(41)}`]) {
        await assert.rejects(takeSnapshot(host, name), /^Refusal: name: .* is no name for a snapshot/);
      }
      await assert.rejects(
        restoreSnapshot(host, "none"),
        /^Refusal: name: there is no snapshot "none"; take one first/,
      );
      await takeSnapshot(host, "one");
      await assert.rejects(restoreSnapshot(host, "none"), /there is no snapshot "none"; there are one/);
      await applyFault(host, "device-vanished", { address: GPU });
      await host.reset("On");
      await assert.rejects(takeSnapshot(host, "two"), /broken on purpose; mend it with fault clear/);
      await clearFaultsWithoutAgent();
      await assert.rejects(
        takeSnapshot(host, "two"),
        /broken on purpose/,
        "the device comes back at the next start only",
      );
      await host.reset("ForceRestart");
      await takeSnapshot(host, "two");
    });

    it("leave an error behind, and the host off, where QEMU has lost them", async () => {
      await host.reset("On");
      await takeSnapshot(host, "lost");
      await host.machine.qmp.human("delvm lost");
      await assert.rejects(restoreSnapshot(host, "lost"), /QEMU did not start\n.*lost/s);
      assert.equal(host.powerState(), "Off");
      await host.reset("On");
      assert.equal(host.powerState(), "On");
    });

    /** The machine has no operating system that could be put right; the host's own faults are mended before it is asked. */
    async function clearFaultsWithoutAgent(): Promise<void> {
      await clearFaults(host);
      assert.ok(lines.some((line) => line.startsWith("fault clear: the operating system was not asked")));
    }
  });

  it("keeps card and BMC state when its keeper is gone and comes back", async () => {
    await host.reset("On");
    setOnCard();
    const before = JSON.stringify(host.nics.state());
    const users = JSON.stringify(host.bmc.users);
    await host.close();
    host = await open();
    assert.equal(JSON.stringify(host.nics.state()), before);
    assert.equal(JSON.stringify(host.bmc.users), users);
    await host.reset("On");
    assert.ok(existsSync(directory.serialLog));
  });
});
