import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Bmc } from "../../../../lab/bmc/bmc";
import { clearBenches, startBench, temporaryDirectory } from "./support/bench";
import { MemorySystem } from "./support/memory-system";
import { basic, RedfishClient } from "./support/redfish-client";

describe("BMC state", () => {
  afterEach(clearBenches);
  it("survives a restart: settings, jobs, modes, boot override, users, certificate", async () => {
    const stateDirectory = temporaryDirectory();
    const before = await startBench("dell", { stateDirectory });
    await before.write({ SriovGlobalEnable: "Disabled" });
    await before.reset("On");
    const task = (await before.write({ ProcVirtualization: "Disabled" })).body.Id;
    await before.admin.patch(before.paths.system, {
      Boot: { BootSourceOverrideEnabled: "Once", BootSourceOverrideTarget: "Pxe" },
    });
    await before.admin.patch("/redfish/v1/AccountService/Accounts/2", { Password: "Another-1234" });
    before.bmc.setMode("slow", 5);
    before.bmc.setMode("certificateChanged", true);
    before.bmc.setMode("certificateChanged", false);
    const certificate = readFileSync(before.bmc.certificateFile, "utf8");
    const state = before.bmc.state();
    await before.bmc.close();

    const after = await startBench("dell", { stateDirectory });
    assert.deepEqual(after.bmc.state(), state);
    assert.equal(after.bmc.modes.slow, 5);
    assert.equal(readFileSync(after.bmc.certificateFile, "utf8"), certificate);
    assert.deepEqual(after.bmc.users, before.bmc.users);
    assert.equal(after.bmc.effects().sriov, false);
    assert.equal(after.bmc.effects().virtualization, true);
    assert.deepEqual(after.bmc.post("powerCycle"), {
      effects: { ...after.bmc.effects(), virtualization: false, iommu: false, sriov: false },
      bootOverride: "Pxe",
    });
    const job = await after.admin.get(`/redfish/v1/TaskService/Tasks/${task}`);
    assert.equal(job.body.TaskState, "Completed");
    const operator = new RedfishClient(after.bmc, basic("operator", "Another-1234"));
    assert.equal((await operator.get("/redfish/v1/Systems")).status, 200);
  });

  it("forgets sessions at a restart", async () => {
    const stateDirectory = temporaryDirectory();
    const before = await startBench("dell", { stateDirectory });
    const [user] = before.bmc.users;
    const login = await before.admin.post("/redfish/v1/SessionService/Sessions", {
      UserName: user?.userName,
      Password: user?.password,
    });
    await before.bmc.close();
    const { bmc } = await startBench("dell", { stateDirectory });
    const holder = new RedfishClient(bmc, { "x-auth-token": login.headers["x-auth-token"] as string });
    assert.equal((await holder.get("/redfish/v1/Systems")).status, 401);
  });

  it("goes back to a snapshot", async () => {
    const { bmc, reset, shown, write } = await startBench("ami");
    await write({ PCIS007: "PCIS007Disabled" });
    await reset("On");
    bmc.setMode("slow", 1);
    const snapshot = JSON.parse(JSON.stringify(bmc.state()));
    await write({ PCIS007: "PCIS007Enabled" });
    await reset("ForceRestart");
    bmc.clearModes();
    bmc.restoreState(snapshot);
    assert.equal((await shown()).PCIS007, "PCIS007Disabled");
    assert.equal(bmc.effects().sriov, false);
    assert.equal(bmc.modes.slow, 1);
    assert.deepEqual(bmc.state(), snapshot);
  });

  it("of another flavour, version or program is refused with the reason", async () => {
    const dell = await startBench("dell");
    const ami = await startBench("ami");
    assert.throws(() => ami.bmc.restoreState(dell.bmc.state()), /state\.flavour: "dell", but this BMC is "ami"/);
    assert.throws(() => ami.bmc.restoreState({}), /state\.version: undefined is not 1/);
    assert.throws(() => ami.bmc.restoreState("x"), /state: not an object/);
    assert.throws(() => ami.bmc.restoreState({ version: 1, flavour: "ami" }), /state\.current: missing/);
    const stateDirectory = temporaryDirectory();
    writeFileSync(join(stateDirectory, "state.json"), "{ half");
    await assert.rejects(startBench("ami", { stateDirectory }), /state\.json: not JSON .*remove it/);
  });

  it("is in one file that only its owner reads, whole at each moment", async () => {
    const stateDirectory = temporaryDirectory();
    const { bmc } = await startBench("dell", { stateDirectory });
    const file = join(stateDirectory, "state.json");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const inode = statSync(file).ino;
    bmc.setMode("slow", 3);
    assert.notEqual(statSync(file).ino, inode, "replaced, not written over");
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), bmc.state());
    assert.deepEqual(
      readdirSync(stateDirectory).filter((name) => name.endsWith(".new")),
      [],
    );
  });

  it("holds everything that was answered when the service is killed", async () => {
    const stateDirectory = temporaryDirectory();
    const child = spawn(
      process.execPath,
      ["--import", "tsx", join(__dirname, "support", "bmc-process.ts"), stateDirectory],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const served = JSON.parse(line as string) as Pick<Bmc, "url" | "certificateFile" | "users">;
    const admin = RedfishClient.as(served as Bmc);
    const settings = "/redfish/v1/systems/1/bios/settings/";
    for (const value of ["Disabled", "Enabled", "Disabled"]) {
      assert.equal((await admin.patch(settings, { Attributes: { Sriov: value } })).status, 200);
    }
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;

    const bmc = await Bmc.start({ flavour: "hpe", stateDirectory, system: new MemorySystem() });
    try {
      assert.equal(bmc.effects().sriov, true);
      assert.equal(bmc.post("powerCycle").effects.sriov, false);
    } finally {
      await bmc.close();
    }
  });
});
