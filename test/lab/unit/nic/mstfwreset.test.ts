import assert from "node:assert/strict";
import { next, openFirmware, run, values } from "./lab-cards";

const CX7 = "19:00.0";
const CX6DX = "3b:00.0";
const BF3 = "5e:00.0";

describe("mstfwreset", () => {
  it("queries levels, types, and who owns a PCI reset", () => {
    assert.deepEqual(run(openFirmware(), `mstfwreset -d ${CX7} query`).stdout.split("\n"), [
      "",
      "The following query is relevant only for reset-type 0:",
      "",
      "Reset-levels:",
      '0: Driver, PCI link, network link will remain up ("live-Patch")  -Not Supported ',
      '1: Only ARM side will not remain up ("Immediate reset").         -Not Supported ',
      "3: Driver restart and PCI reset                                  -Supported     (default)",
      "4: Warm Reboot                                                   -Supported     ",
      "",
      "Reset-types (relevant only for reset-levels 1,3,4):",
      "0: Full chip reset                                               -Supported     (default)",
      "1: Phy-less reset (keep network port active during reset)        -Supported     ",
      "2: NIC only reset (for SoC devices)                              -Not Supported ",
      "3: ARM only reset                                                -Not Supported ",
      "4: ARM OS shut down                                              -Not Supported ",
      "",
      "Reset sync (relevant only for reset-level 3):",
      "0: Tool is the owner                                             -Supported     (default)",
      "1: NIC Driver is the owner                                       -Supported     ",
      "2: FW is the owner                                               -Not Supported ",
      "",
      "Reset request method (relevant only for reset-level 3):",
      "0: Link Disable method                                           -Supported     (default)",
      "1: Hot reset (SBR)                                               -Not Supported ",
      "",
      "",
    ]);
  });

  it("queries a firmware without register MROQ in the older form", () => {
    const text = run(openFirmware(), `mstfwreset -d ${CX6DX} q`).stdout;
    assert.ok(text.startsWith("\nReset-levels:\n"), text);
    assert.ok(
      text.endsWith(
        "\n\nReset-sync (relevant only for reset-level 3):\n" +
          "0: Tool is the owner                                             -Supported     (default)\n" +
          "1: Driver is the owner                                           -Not supported \n\n",
      ),
      text,
    );
  });

  it("loads the next configuration without a boot; ATS and functions wait for one", () => {
    const firmware = openFirmware();
    run(firmware, `mstconfig -d ${CX7} -y set ADVANCED_PCI_SETTINGS=1 ATS_ENABLED=1 SRIOV_EN=1 NUM_OF_VFS=4`);
    const asked = run(firmware, `mstfwreset -d ${CX7} reset`);
    assert.equal(
      asked.stdout,
      `\nThe reset level for device, ${CX7} is:\n\n3: Driver restart and PCI reset\nContinue with reset?[y/N] `,
    );
    const done = run(firmware, `mstfwreset -d ${CX7} reset`, { answers: ["y"] });
    assert.deepEqual(done.stdout.split("\n"), [
      "Reset level: 3, Reset type: 0, Reset sync: 0, Reset method: 0",
      "-I- Sending Reset Command To Fw             -Done",
      "-I- Resetting PCI                           -Done",
      "-I- FW was loaded successfully.",
      "",
    ]);
    assert.deepEqual(values(run(firmware, `mstconfig -d ${CX7} -e q ATS_ENABLED`)).ATS_ENABLED, [
      "False(0)",
      "True(1)",
      "True(1)",
    ]);
    assert.equal(next(firmware, CX7, "MAX_ACC_OUT_READ"), "0", "unlocked without a boot");
    assert.deepEqual(firmware.effects().get("0000:19:00.0"), { ats: false });
    firmware.reset("warm");
    assert.deepEqual(firmware.effects().get("0000:19:00.0"), { ats: true, virtualFunctions: 4 });
  });

  it("reboots the host at level 4, and only then loads the configuration", () => {
    const firmware = openFirmware();
    run(firmware, `mstconfig -d ${CX7} -y set NUM_OF_VFS=4`);
    const answer = run(firmware, `mstfwreset -d ${CX7} --level=4 -y r`);
    assert.equal(answer.afterwards, "reboot");
    assert.match(answer.stdout, /\n-I- Sending reboot command to machine {7}-Done\n/);
    assert.equal(values(run(firmware, `mstconfig -d ${CX7} -e q NUM_OF_VFS`)).NUM_OF_VFS?.[1], "8");
  });

  it("is not done where the user says no", () => {
    const firmware = openFirmware();
    run(firmware, `mstconfig -d ${CX7} -y set NUM_OF_VFS=4`);
    const answer = run(firmware, `mstfwreset -d ${CX7} r`, { answers: [""] });
    assert.deepEqual([answer.stdout, answer.status], ["-E- Aborted by user.\n", 1]);
    assert.deepEqual(firmware.state().cx7?.inForce, {});
  });

  it("restarts a BlueField's Arm side at level 1, which loads no configuration of the host", () => {
    const firmware = openFirmware();
    run(firmware, `mstconfig -d ${BF3} -y set NUM_OF_VFS=4`);
    const answer = run(firmware, `mstfwreset -d ${BF3} -l 1 -t 3 -y r`);
    assert.match(answer.stdout, /several minutes.*\nThe ARM side will be restarted/);
    assert.ok(answer.stdout.endsWith("Embedded CPU reset/shutdown operation completed\n"), answer.stdout);
    assert.deepEqual(firmware.state().bf3?.inForce, {});
  });

  const refused: [line: string, message: string][] = [
    [`-d ${BF3} -l 3 -y r`, "Reset-level '3' is not supported in the current state of this device"],
    [`-d ${CX7} -l 0 -y r`, "Reset-level '0' is not supported in the current state of this device"],
    [`-d ${CX7} -t 2 -y r`, "Reset-type '2' is not supported in the current state of this device"],
    [`-d ${CX7} --sync 2 -y r`, "Requested reset sync '2' is not supported"],
    [`-d ${CX6DX} --sync 1 -y r`, "sync: 1 is not supported. Check query for more info"],
    [`-d ${CX7} -p 1 -y r`, "Reset method 1 is not supported"],
    [`-d ${BF3} -l 4 -t 3 -y r`, "Reset type 3 and 4 are only valid when reset level is 1"],
    ["-d 07:00.0 -y r", "Failed to Identify Device: 07:00.0, Failed to open the device"],
  ];
  for (const [line, message] of refused) {
    it(`${line} says "${message}", and nothing changes`, () => {
      const firmware = openFirmware();
      run(firmware, `mstconfig -d ${CX7} -y set NUM_OF_VFS=4`);
      const answer = run(firmware, `mstfwreset ${line}`);
      assert.equal(answer.status, 1);
      assert.ok(answer.stdout.endsWith(`-E- ${message}.\n`), answer.stdout);
      assert.deepEqual(firmware.state().cx7?.inForce, {});
    });
  }

  const misused: [line: string, message: string][] = [
    ["-d", "argument --device/-d: expected one argument"],
    ["q", "the following arguments are required: --device/-d"],
    [`-d ${CX7}`, "the following arguments are required: command"],
    [`-d ${CX7} -l 2 r`, "argument --level/-l: invalid choice: 2 (choose from 0, 1, 3, 4)"],
    [`-d ${CX7} -l x r`, "argument --level/-l: invalid int value: 'x'"],
    [
      `-d ${CX7} go`,
      "argument command: invalid choice: 'go' (choose from 'q', 'query', 'r', 'reset', 'reset_fsm_register')",
    ],
    [`-d ${CX7} --fast r`, "unrecognized arguments: --fast"],
  ];
  for (const [line, message] of misused) {
    it(`${line} is a wrong use: ${message}`, () => {
      const answer = run(openFirmware(), `mstfwreset ${line}`);
      assert.equal(answer.status, 2);
      assert.ok(answer.stderr.startsWith("usage: mstfwreset --device DEVICE"), answer.stderr);
      assert.ok(answer.stderr.endsWith(`\nmstfwreset: error: ${message}\n`), answer.stderr);
    });
  }

  it("is for root", () => {
    const host = { devices: ["0000:19:00.0"], user: "other", lockdown: "none" } as const;
    const answer = run(openFirmware(), `mstfwreset -d ${CX7} q`, { host });
    assert.deepEqual([answer.stdout, answer.status], ["-E- Only root user can run this tool.\n", 1]);
  });

  it("has a version and resets the register of its state machine", () => {
    const firmware = openFirmware();
    assert.equal(run(firmware, "mstfwreset -v").stdout, "mstfwreset, mstflint 4.35.0, Git SHA Hash: N/A\n");
    assert.match(
      run(firmware, `mstfwreset -d ${CX7} reset_fsm_register`).stdout,
      /-I- FSM register was reset successfully/,
    );
  });
});
