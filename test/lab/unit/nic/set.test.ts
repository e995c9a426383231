import assert from "node:assert/strict";
import { next, openFirmware, run, values } from "./lab-cards";

const CX7 = "19:00.0";

describe("mstconfig set", () => {
  it("changes the next boot, and the current value only when the system starts", () => {
    const firmware = openFirmware();
    const answer = run(firmware, `mstconfig -d ${CX7} -e -y set ATS_ENABLED=TRUE NUM_OF_VFS=0x10 PCI_WR_ORDERING=1`);
    assert.equal(answer.status, 0);
    assert.deepEqual(answer.stdout.split("\n").slice(9), [
      "Configurations:                                          Default             Current         Next Boot       New",
      "        ATS_ENABLED                                 False(0)             False(0)             False(0)             True(1)             ",
      "        NUM_OF_VFS                                  8                    8                    8                    0x10(16)            ",
      "        PCI_WR_ORDERING                             per_mkey(0)          per_mkey(0)          per_mkey(0)          force_relax(1)      ",
      "",
      " Apply new Configuration? (y/n) [n] : y",
      "Applying... Done!",
      "-I- Please reboot machine to load new configurations.",
      "",
    ]);
    const columns = () => values(run(firmware, `mstconfig -d ${CX7} -e q NUM_OF_VFS`)).NUM_OF_VFS;
    assert.deepEqual(columns(), ["8", "8", "16"]);
    firmware.reset("warm");
    assert.deepEqual(columns(), ["8", "16", "16"]);
  });

  it("unlocks MAX_ACC_OUT_READ in two passes: its key must be in force, not only set", () => {
    const firmware = openFirmware();
    const outstanding = () => run(firmware, `mstconfig -d ${CX7} -y set MAX_ACC_OUT_READ=128`);
    const refusal = "-E- The Device doesn't support MAX_ACC_OUT_READ parameter\n";
    assert.ok(outstanding().stdout.endsWith(refusal));
    const both = run(firmware, `mstconfig -d ${CX7} -y set ADVANCED_PCI_SETTINGS=1 MAX_ACC_OUT_READ=128`);
    assert.ok(both.stdout.endsWith(refusal), both.stdout);
    assert.equal(next(firmware, CX7, "ADVANCED_PCI_SETTINGS"), "False(0)");
    assert.equal(run(firmware, `mstconfig -d ${CX7} -y set ADVANCED_PCI_SETTINGS=1`).status, 0);
    assert.ok(outstanding().stdout.endsWith(refusal));
    firmware.reset("warm");
    assert.equal(outstanding().status, 0);
    assert.equal(next(firmware, CX7, "MAX_ACC_OUT_READ"), "128");
    assert.equal(run(firmware, `mstconfig -d ${CX7} -y set ADVANCED_PCI_SETTINGS=0`).status, 0);
    assert.ok(outstanding().stdout.endsWith(refusal), "the tool hides it as soon as the next boot locks it");
  });

  it("sets elements of arrays, and shows which", () => {
    const firmware = openFirmware();
    assert.equal(run(firmware, `mstconfig -d ${CX7} -y set HOST_CHAINING_DESCRIPTORS[0..2]=5`).status, 0);
    assert.equal(run(firmware, `mstconfig -d ${CX7} -y set HOST_CHAINING_DESCRIPTORS[1]=7`).status, 0);
    const found = values(run(firmware, `mstconfig -d ${CX7} q HOST_CHAINING_DESCRIPTORS[0..3]`));
    assert.deepEqual(Object.values(found).flat(), ["5", "7", "5", "0"]);
  });

  const refused: [setting: string, message: string][] = [
    ["NUM_OF_VFS=128", "Parameter NUM_OF_VFS' value is larger than maximum allowed 127"],
    ["RPG_MIN_DEC_FAC_P1=0", "Parameter RPG_MIN_DEC_FAC' value is smaller than minimum allowed 1"],
    [
      "FLEX_PARSER_PROFILE_ENABLE=2",
      "The Parameter FLEX_PARSER_PROFILE_ENABLE has Illegal constraint.\n" +
        "Note: The constraint of this parameter is affected by the following parameters:\n" +
        "flex_parser_profile_enable, " +
        [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `nv_flex_parser_cap.flex_parser_profile_${n}_supported`).join(", "),
    ],
    [
      "HOST_CHAINING_DESCRIPTORS=1",
      "Cannot set the value 1 for the parameter log_num_descriptor(HOST_CHAINING_DESCRIPTORS): Operation is not supported",
    ],
    ["NUM_OF_VFS=70000", "The value 70000 is not valid,  as its size is 16 bits"],
    ["NUM_OF_VFS=-1", "value is out of range"],
    ["NUM_OF_VFS=many", "Cannot parse the value"],
    ["PCI_WR_ORDERING=2", "Unknown value 2"],
    ["PCI_WR_ORDERING=strict", "Unknown value strict"],
    ["ATS_ENABLED=yes", "Unknown value yes"],
    ["CRYPTO_POLICY=1", "The Device doesn't support CRYPTO_POLICY parameter"],
    ["NVME_EMULATION_ENABLE=1", "The Device doesn't support NVME_EMULATION_ENABLE parameter"],
    ["NO_SUCH=1", "Failed to find Param / TLV with name 'NO_SUCH' port 0 module -1"],
    ["LINK_TYPE_P2=IB", "Failed to find Param / TLV with name 'LINK_TYPE_P2' port 0 module -1"],
    ["NUM_OF_VFS_P1=1", "TLV with name 'nv_global_pci_conf', port 1, module -1 does not exist"],
  ];
  for (const [setting, message] of refused) {
    it(`refuses ${setting}: ${message.split("\n")[0]}; and sets nothing beside it`, () => {
      const firmware = openFirmware();
      const answer = run(
        firmware,
        `mstconfig -d ${CX7} -y set ATS_ENABLED=1 ${setting}`.replace("ATS_ENABLED=1 ATS", "ATS"),
      );
      assert.equal(answer.status, 3);
      assert.ok(answer.stdout.endsWith(`-E- ${message}\n`), answer.stdout);
      assert.deepEqual(firmware.state().cx7?.stored, {});
    });
  }

  it("refuses arguments that are no settings", () => {
    const firmware = openFirmware();
    for (const [setting, message] of [
      ["NUM_OF_VFS", "Invalid Configuration argument NUM_OF_VFS"],
      ["NUM_OF_VFS=", "Invalid Configuration argument NUM_OF_VFS="],
      ["NUM_OF_VFS=1=2", "Invalid Configuration argument NUM_OF_VFS=1=2"],
      ["NUM_OF_VFS=1 NUM_OF_VFS=2", "Duplicate parameter, NUM_OF_VFS."],
    ]) {
      const answer = run(firmware, `mstconfig -d ${CX7} -y set ${setting}`);
      assert.ok(answer.stdout.startsWith(`-E- ${message}\n`), answer.stdout);
    }
  });

  it("checks nothing with --force", () => {
    const firmware = openFirmware();
    const answer = run(firmware, `mstconfig -d ${CX7} -y --force set NUM_OF_VFS=128`);
    assert.match(answer.stdout, /\n-W- Force flag specified, the validity of the Parameters will not be checked !\n/);
    assert.equal(next(firmware, CX7, "NUM_OF_VFS"), "128");
  });

  it("asks, and goes on with the user's answer", () => {
    const firmware = openFirmware();
    const line = `mstconfig -d ${CX7} set NUM_OF_VFS=4`;
    const asked = run(firmware, line);
    assert.equal(asked.ask, 1);
    assert.ok(asked.stdout.endsWith("\n Apply new Configuration? (y/n) [n] : "), asked.stdout);
    for (const answer of ["", "n", "nein"]) {
      const ended = run(firmware, line, { answers: [answer] });
      assert.deepEqual([ended.stdout, ended.status, ended.ask], ["-E- Aborted by user.\n", 2, undefined]);
    }
    assert.equal(next(firmware, CX7, "NUM_OF_VFS"), "8");
    const applied = run(firmware, line, { answers: ["YES"] });
    assert.deepEqual(
      [applied.stdout, applied.status],
      ["Applying... Done!\n-I- Please reboot machine to load new configurations.\n", 0],
    );
    assert.equal(next(firmware, CX7, "NUM_OF_VFS"), "4");
  });

  it("is of the card: both functions of a card with two ports show it, another card does not", () => {
    const firmware = openFirmware();
    run(firmware, "mstconfig -d 3b:00.1 -y set NUM_OF_VFS=5 NUM_OF_TC_P2=_4_TCs");
    assert.equal(next(firmware, "3b:00.0", "NUM_OF_VFS"), "5");
    assert.equal(next(firmware, "3b:00.0", "NUM_OF_TC_P2"), "_4_TCs(4)");
    assert.equal(next(firmware, "3b:00.0", "NUM_OF_TC_P1"), "_8_TCs(0)");
    assert.equal(next(firmware, CX7, "NUM_OF_VFS"), "8");
  });
});

describe("mstconfig reset", () => {
  it("brings the next boot back to the factory's values after a question", () => {
    const firmware = openFirmware();
    run(firmware, `mstconfig -d ${CX7} -y set NUM_OF_VFS=4 ATS_ENABLED=1`);
    const asked = run(firmware, `mstconfig -d ${CX7} reset`);
    assert.equal(asked.stdout, `\n Reset configuration for device ${CX7}? (y/n) [n] : `);
    const done = run(firmware, `mstconfig -d ${CX7} reset`, { answers: ["y"] });
    assert.equal(done.stdout, "Applying... Done!\n-I- Please reboot machine to load new configurations.\n");
    assert.deepEqual(firmware.state().cx7?.stored, {});
  });

  it("takes one configuration alone, by its title or its TLV's name", () => {
    const firmware = openFirmware();
    run(firmware, "mstconfig -d 3b:00.0 -y set NUM_OF_VFS=4 ATS_ENABLED=1 NUM_OF_TC_P1=2 NUM_OF_TC_P2=2");
    assert.equal(run(firmware, "mstconfig -d 3b:00.0 -y r NV_GLOBAL_PCI_CONF NV_QOS_CONF_P1").status, 0);
    const left = ["NUM_OF_VFS", "ATS_ENABLED", "NUM_OF_TC_P1", "NUM_OF_TC_P2"].map((name) =>
      next(firmware, "3b:00.0", name),
    );
    assert.deepEqual(left, ["8", "True(1)", "_8_TCs(0)", "_2_TCs(2)"]);
    const unknown = run(firmware, "mstconfig -d 3b:00.0 -y r PCI_CONF_X");
    assert.ok(unknown.stdout.endsWith("Applying... Failed!\n-E- The configuration PCI_CONF_X was not found\n"));
    const old = run(openFirmware({ release: "4.21.0" }), "mstconfig -d 3b:00.0 -y r NV_PCI_CONF");
    assert.ok(old.stdout.startsWith("-E- reset command expects no argument but 1 argument received\n"));
  });

  it("takes all devices without -d", () => {
    const firmware = openFirmware();
    run(firmware, `mstconfig -d ${CX7} -y set NUM_OF_VFS=4`);
    run(firmware, "mstconfig -d 3b:00.0 -y set NUM_OF_VFS=4");
    assert.ok(
      run(firmware, "mstconfig -y reset").stdout.startsWith("\n Reset configuration for all devices? (y/n) [n] : y\n"),
    );
    assert.deepEqual([firmware.state().cx7?.stored, firmware.state().cx6dx?.stored], [{}, {}]);
  });
});
