import assert from "node:assert/strict";
import { next, openFirmware, run } from "./lab-cards";

const CX7 = "19:00.0";

/** NUM_OF_VFS is at 0x4.0 (16 bits), SRIOV_EN at 0x4.31, NUM_OF_PF at 0x4.16 of TLV 0x80, sriov_valid at 0x0.31. */
const BACKUP = [
  "MLNX_RAW_TLV_FILE",
  "% TLV Type: 0x00000080, Writer ID: ICMD MLXCONFIG(0x09), Writer Host ID: 0x00",
  "0x0309000c 0x00000080 0x00000000 0x84000000 0x80010010 0x02c3f045 ",
  "% TLV Type: 0x01010012, Writer ID: ICMD MLXCONFIG(0x09), Writer Host ID: 0x00",
  "0x03090004 0x01010012 0x00000000 0x00000008 ",
];

describe("mstconfig backup and set_raw", () => {
  it("keep what is stored, for another card of the same kind", () => {
    const firmware = openFirmware();
    run(
      firmware,
      `mstconfig -d ${CX7} -y set NUM_OF_VFS=16 SRIOV_EN=1 HOST_CHAINING_DESCRIPTORS[1]=7 LINK_TYPE_P1=ETH`,
    );
    const saved = run(firmware, `mstconfig -d ${CX7} -f /root/cx7.raw backup`);
    assert.equal(saved.stdout, "Collecting...\nSaving output...\nDone!\n");
    const text = saved.files?.["/root/cx7.raw"] ?? "";
    assert.equal(text.split("\n")[0], BACKUP[0]);
    for (const line of BACKUP) assert.ok(text.split("\n").includes(line), `${line}\nin\n${text}`);
    assert.deepEqual(saved.unwritable, {
      stdout: "Collecting...\nSaving output...\n-E- Failed to open file: /root/cx7.raw\n",
      stderr: "",
      status: 3,
    });

    const other = openFirmware();
    const line = `mstconfig -d ${CX7} -f /root/cx7.raw set_raw`;
    assert.deepEqual(run(other, line).read, ["/root/cx7.raw"]);
    const files = { "/root/cx7.raw": text };
    const asked = run(other, line, { files });
    assert.ok(
      asked.stdout.endsWith(
        "\n\n\n Operation intended for advanced users.\n Are you sure you want to apply raw TLV file? (y/n) [n] : ",
      ),
      asked.stdout,
    );
    assert.match(
      asked.stdout,
      /Raw TLV #\d Info:\nLength: 0xc\nVersion: 0\nOverrideEn: 1\nType: 0x00000080\nData: 0x84000000 0x80010010 0x02c3f045 \n/,
    );
    assert.deepEqual(other.state().cx7?.stored, {});
    const done = run(other, line, { files, answers: ["y"] });
    assert.equal(done.stdout, "Applying... Done!\n-I- Please reboot machine to load new configurations.\n");
    assert.deepEqual(other.state().cx7?.stored, firmware.state().cx7?.stored);
    assert.equal(next(other, CX7, "HOST_CHAINING_DESCRIPTORS[1]"), "7");
  });

  it("read back what is stored with get_raw", () => {
    const firmware = openFirmware();
    run(firmware, `mstconfig -d ${CX7} -y set NUM_OF_VFS=16 SRIOV_EN=1`);
    const files = { f: `${BACKUP[0]}\n0x0309000c 0x00000080 0 0 0 0\n` };
    const found = run(firmware, `mstconfig -d ${CX7} -f f get_raw`, { files });
    assert.equal(
      found.stdout,
      "Raw TLV #1 Info:\nLength: 0xc\nVersion: 0\nOverrideEn: 1\nType: 0x00000080\nData: 0x84000000 0x80010010 0x02c3f045 \n\nDone!\n",
    );
  });

  it("have nothing to save on a card as from the factory", () => {
    const answer = run(openFirmware(), `mstconfig -d ${CX7} -f f backup`);
    assert.equal(answer.status, 3);
    assert.equal(
      answer.stdout,
      "Collecting...\n Failed!\n" +
        "-E- Failed to backup the configurations: NV data area may be empty, nothing to backup.\n",
    );
  });

  const refused: [what: string, text: string | null, end: string][] = [
    ["no such file", null, "-E- Failed to open file: f\n"],
    ["another file", "hello\n", "-E- Invalid raw TLV file header.\n"],
    [
      "a line of words",
      "MLNX_RAW_TLV_FILE\n0x1 two\n",
      "-E- Failed to parse Raw TLV at line 1: Input is not an unsigned number: two\n",
    ],
    [
      "a TLV of another length",
      "MLNX_RAW_TLV_FILE\n0x03090008 0x00000080 0 0\n",
      "-E- Failed to run set_raw command: TLV size mismatch. reported length in TLV header: 0x8. actual length: 0x4\n",
    ],
    [
      "a TLV that is too long",
      `MLNX_RAW_TLV_FILE\n${"0 ".repeat(68)}\n`,
      "-E- Failed to run set_raw command: TLV size exceeds maximal limit. Maximum size is 0x10c bytes, actual length is 0x110 bytes\n",
    ],
    [
      "a TLV that the card does not have",
      "MLNX_RAW_TLV_FILE\n0x03090004 0x00ffff00 0 0\n",
      "-E- Failed to run set_raw command: Failed to set raw TLV: Bad parameter\n",
    ],
    [
      "a TLV that is read-only",
      "MLNX_RAW_TLV_FILE\n0x03090008 0x00000120 0 0 0\n",
      "-E- Failed to run set_raw command: Failed to set raw TLV: Method not supported\n",
    ],
  ];
  for (const [what, text, end] of refused) {
    it(`refuse ${what}`, () => {
      const firmware = openFirmware();
      const answer = run(firmware, `mstconfig -d ${CX7} -y -f f set_raw`, { files: { f: text } });
      assert.equal(answer.status, 3);
      assert.ok(answer.stdout.endsWith(end), answer.stdout);
      assert.deepEqual(firmware.state().cx7?.stored, {});
    });
  }
});
