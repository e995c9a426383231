import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { MachineProcess } from "../../../../lab/keeper/machine-process";
import { eventually } from "../../../support/eventually";
import { processesWith, runs } from "./support/processes";

/** mov al, 0xfe; out 0x64, al: the keyboard controller's reset line. */
const RESETS = [0xb0, 0xfe, 0xe6, 0x64, 0xf4];
/** mov dx, 0x604; mov ax, 0x2000; out dx, ax: SLP_EN in PM1a_CNT, where SeaBIOS puts it (src/config.h, PORT_ACPI_PM_BASE). */
const SWITCHES_OFF = [0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef, 0xf4];

describe("process of a machine", () => {
  let folder: string;
  let machines: MachineProcess[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gpudirect-machine-"));
    machines = [];
  });

  afterEach(async () => {
    for (const machine of machines) await machine.kill();
    rmSync(folder, { recursive: true });
  });

  function machineArgs(program?: readonly number[]): string[] {
    const monitor = `socket,id=monitor,path=${join(folder, "monitor")},server=on,wait=off`;
    const args = ["-nodefaults", "-display", "none", "-accel", "tcg", "-m", "32"];
    args.push("-chardev", monitor, "-mon", "chardev=monitor,mode=control");
    args.push("-action", "reboot=shutdown,shutdown=pause");
    if (!program) return [...args, "-S"];
    const sector = Buffer.alloc(512);
    sector.set(program);
    sector.writeUInt16LE(0xaa55, 510);
    writeFileSync(join(folder, "boot.img"), sector);
    return [...args, "-drive", `file=${join(folder, "boot.img")},format=raw,if=ide`];
  }

  async function start(args: string[]): Promise<MachineProcess> {
    const started = { args, env: {}, monitor: join(folder, "monitor"), log: join(folder, "log") };
    const machine = await MachineProcess.start(started);
    machines.push(machine);
    return machine;
  }

  it("answers by its monitor until it is killed, and nothing is left of it", async () => {
    const machine = await start(machineArgs());
    assert.deepEqual(await machine.qmp.execute("query-status"), {
      status: "prelaunch",
      singlestep: false,
      running: false,
    });
    assert.match(await machine.qmp.human("info version"), /^\d+\.\d+/);
    assert.ok(runs(machine.pid));
    await machine.kill();
    assert.ok(machine.killed);
    assert.deepEqual(processesWith(folder), []);
    await machine.kill();
  });

  it("tells a reset by the operating system, a power-off, and a death from one another", async () => {
    assert.equal(await (await start(machineArgs(RESETS))).ended, "reset");
    await machines[0]?.kill();
    assert.equal(await (await start(machineArgs(SWITCHES_OFF))).ended, "power-off");
    await machines[1]?.kill();
    const dies = await start(machineArgs());
    process.kill(dies.pid, "SIGKILL");
    assert.equal(await dies.ended, "died");
    assert.equal(dies.killed, false);
  });

  it("stays, stopped, after a reset by the operating system: the disk is its until it is let go", async () => {
    const machine = await start(machineArgs(RESETS));
    await machine.ended;
    assert.equal(((await machine.qmp.execute("query-status")) as { status: string }).status, "shutdown");
    assert.ok(runs(machine.pid));
  });

  it("says in QEMU's own words why it does not start, and nothing of earlier starts", async () => {
    writeFileSync(join(folder, "log"), "words of an earlier start\n");
    await assert.rejects(start([...machineArgs(), "-device", "flux-capacitor"]), (error: Error) => {
      assert.match(error.message, /^QEMU did not start\n.*'flux-capacitor' is not a valid device model name/s);
      assert.doesNotMatch(error.message, /earlier/);
      return true;
    });
    assert.deepEqual(processesWith(folder), []);
  });

  it("dies with the process that started it, killed or not", async () => {
    const owner = spawn(
      process.execPath,
      ["--import", "tsx", join(__dirname, "support", "machine-owner.ts"), folder, ...machineArgs()],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const [line] = (await once(createInterface({ input: owner.stdout }), "line")) as [string];
    const pid = Number(line);
    assert.ok(runs(pid), `QEMU is process ${line}`);
    owner.kill("SIGKILL");
    await eventually("QEMU is gone", () => !runs(pid));
  });
});
