import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TOOL_VERSIONS, type ToolRelease } from "../../../../lab/nic/mlxconfig/tool-version";
import { GOLDEN, openFirmware, run, values } from "./lab-cards";

/** mlxcfg_ui.cpp at v4.35.0-1: "%-20s%-20s\n" above, "%-20s%44s%20s%18s" as header, "%s%s     %-44s" and "%-20s" below. */
const OPENING = [
  "",
  "Device #1:",
  "----------",
  "",
  "Device type:        ConnectX6DX         ",
  "Name:               MCX623106AN-CDA_Ax  ",
  "Description:        ConnectX-6 Dx EN adapter card; 100GbE; Dual-port QSFP56; PCIe 4.0/3.0 x16;",
  "Device:             3b:00.0             ",
  "",
];

describe("mstconfig query", () => {
  it("shows default, current and next values with its marks", () => {
    const firmware = openFirmware();
    run(firmware, "mstconfig -d 3b:00.0 -y set NUM_OF_VFS=16 PCI_WR_ORDERING=force_relax");
    const answer = run(
      firmware,
      "mstconfig -d 3b:00.0 -e q NUM_OF_VFS PCI_WR_ORDERING SRIOV_EN CRYPTO_POLICY HOST_CHAINING_DESCRIPTORS PCI_ATOMIC_MODE",
    );
    assert.equal(answer.status, 0);
    assert.deepEqual(answer.stdout.split("\n"), [
      ...OPENING,
      "Configurations:                                          Default             Current         Next Boot",
      "*       NUM_OF_VFS                                  8                    8                    16                  ",
      "*       PCI_WR_ORDERING                             per_mkey(0)          per_mkey(0)          force_relax(1)      ",
      "        SRIOV_EN                                    False(0)             False(0)             False(0)            ",
      " RO     CRYPTO_POLICY                               UNRESTRICTED(1)      UNRESTRICTED(1)      UNRESTRICTED(1)     ",
      "        HOST_CHAINING_DESCRIPTORS                   Array[0..7]          Array[0..7]          Array[0..7]         ",
      "        PCI_ATOMIC_MODE                             " +
        Array(3).fill("PCI_ATOMIC_DISABLED_EXT_ATOMIC_ENABLED(0)").join(" "),
      "The '*' shows parameters with next value different from default/current value.",
      "",
      "The 'RO' shows parameters which are for read only and cannot be changed",
      "",
    ]);
  });

  it("shows the next values alone without -e", () => {
    const answer = run(openFirmware(), "mstconfig -d 0000:3b:00.0 query LINK_TYPE_P1 NUM_OF_VFS");
    assert.match(answer.stdout, /-E- Failed to find|-E- The Device doesn't support LINK_TYPE_P1 parameter\n$/);
    const vfs = run(openFirmware(), "mstconfig -d 3b:00.0 q NUM_OF_VFS");
    assert.deepEqual(vfs.stdout.split("\n"), [
      ...OPENING,
      "Configurations:                                          Next Boot",
      "        NUM_OF_VFS                                  8                   ",
      "",
    ]);
  });

  it("is, in Debian 12's release, narrower and in the order of the table, without what is read-only", () => {
    const firmware = openFirmware({ release: "4.21.0" });
    run(firmware, "mstconfig -d 3b:00.0 -y s NUM_OF_VFS=16");
    const answer = run(firmware, "mstconfig -d 3b:00.0 -e q NUM_OF_VFS PCI_ATOMIC_MODE");
    assert.deepEqual(answer.stdout.split("\n").slice(4), [
      "Device type:    ConnectX6DX     ",
      "Name:           MCX623106AN-CDA_Ax",
      "Description:    ConnectX-6 Dx EN adapter card; 100GbE; Dual-port QSFP56; PCIe 4.0/3.0 x16;",
      "Device:         3b:00.0         ",
      "",
      "Configurations:                              Default         Current         Next Boot",
      "*        NUM_OF_VFS                          8               8               16              ",
      `         PCI_ATOMIC_MODE                     ${Array(3).fill("PCI_ATOMIC_DISABLED_EXT_ATOMIC_ENABLED(0)").join(" ")}`,
      "The '*' shows parameters with next value different from default/current value.",
      "",
    ]);
    assert.equal(values(run(firmware, "mstconfig -d 3b:00.0 q")).CRYPTO_POLICY, undefined);
  });

  for (const release of Object.keys(TOOL_VERSIONS) as ToolRelease[]) {
    it(`lists all parameters of a card with two ports as release ${release} does`, () => {
      const answer = run(openFirmware({ release }), "mstconfig -d 3b:00.0 -e query");
      assert.equal(answer.stdout, readFileSync(join(GOLDEN, `query-${release}.txt`), "utf8"));
    });
  }

  it("shows elements of arrays by index and range", () => {
    const found = values(
      run(openFirmware(), "mstconfig -d 19:00.0 q HOST_CHAINING_DESCRIPTORS[1..2] MODULE_SPLIT_M0[0]"),
    );
    assert.deepEqual(found, {
      "HOST_CHAINING_DESCRIPTORS[1]": ["0"],
      "HOST_CHAINING_DESCRIPTORS[2]": ["0"],
      "MODULE_SPLIT_M0[0]": ["0x0(0)"],
    });
  });

  it("hides what the card's firmware does not support", () => {
    const firmware = openFirmware();
    const [dx, seven] = ["3b:00.0", "19:00.0"].map((device) => values(run(firmware, `mstconfig -d ${device} q`)));
    assert.equal(dx?.RDMA_SELECTIVE_REPEAT_EN, undefined);
    assert.deepEqual(seven?.RDMA_SELECTIVE_REPEAT_EN, ["False(0)"]);
    assert.equal(seven?.MAX_ACC_OUT_READ, undefined);
    assert.equal(seven?.LINK_TYPE_P2, undefined);
    assert.deepEqual(dx?.NUM_OF_TC_P2, ["_8_TCs(0)"]);
    assert.equal(values(run(firmware, "mstconfig -d 5e:00.0 q")).INTERNAL_CPU_MODEL?.[0], "EMBEDDED_CPU(1)");
  });

  it("takes all functions without -d, and goes on after one that fails", () => {
    const answer = run(openFirmware(), "mstconfig q RDMA_SELECTIVE_REPEAT_EN");
    assert.equal(answer.status, 3);
    assert.deepEqual(
      answer.stdout.split("\n").filter((line) => /^(Device( #\d)?:|-E-)/.test(line)),
      [
        "Device #1:",
        "Device:             0000:19:00.0        ",
        "Device #2:",
        "Device:             0000:3b:00.0        ",
        "-E- The Device doesn't support RDMA_SELECTIVE_REPEAT_EN parameter",
        "Device #3:",
        "Device:             0000:3b:00.1        ",
        "-E- The Device doesn't support RDMA_SELECTIVE_REPEAT_EN parameter",
        "Device #4:",
        "Device:             0000:5e:00.0        ",
      ],
    );
  });

  it("names devices as the MST driver does, too", () => {
    const firmware = openFirmware();
    for (const name of ["/dev/mst/mt4125_pciconf0", "/dev/mst/mt4125_pciconf0.1", "3B:00.1"]) {
      assert.match(run(firmware, `mlxconfig -d ${name} q NUM_OF_VFS`).stdout, /Device type: {8}ConnectX6DX/, name);
    }
    for (const name of ["/dev/mst/mt4125_pciconf1", "/dev/mst/mt9_pciconf0", "3b:00.2", "eth0"]) {
      const answer = run(firmware, `mlxconfig -d ${name} q`);
      assert.deepEqual([answer.stdout, answer.status], ["-E- Failed to open the device\n", 3], name);
    }
  });

  it("writes JSON as JsonCpp does", () => {
    const firmware = openFirmware();
    run(firmware, "mstconfig -d 19:00.0 -y set ATS_ENABLED=1 NUM_OF_VFS=4");
    const answer = run(firmware, "mstconfig -d 19:00.0 -e -j /tmp/query.json q ATS_ENABLED NUM_OF_VFS CRYPTO_POLICY");
    assert.equal(answer.stdout, "\nQuery output saved to /tmp/query.json successfully\n");
    const text = answer.files?.["/tmp/query.json"] ?? "";
    assert.ok(text.startsWith('{\n\t"Device #1" : \n\t{\n\t\t"description" : "NVIDIA ConnectX-7'), text);
    assert.ok(text.endsWith("\t\t}\n\t}\n}\n"), text);
    const device = JSON.parse(text)["Device #1"];
    assert.deepEqual([device.device, device.device_type, device.name], ["19:00.0", "ConnectX7", "MCX75310AAS-NEA_Ax"]);
    assert.deepEqual(device.tlv_configuration, {
      ATS_ENABLED: {
        read_only: false,
        default_value: "False(0)",
        current_value: "False(0)",
        next_value: "True(1)",
        modified: true,
      },
      NUM_OF_VFS: { read_only: false, default_value: 8, current_value: 8, next_value: 4, modified: true },
      CRYPTO_POLICY: {
        read_only: true,
        default_value: "UNRESTRICTED(1)",
        current_value: "UNRESTRICTED(1)",
        next_value: "UNRESTRICTED(1)",
        modified: false,
      },
    });
    assert.deepEqual(answer.unwritable, {
      stdout: "",
      stderr: 'Failed to open "/tmp/query.json". Reason: {reason}\n',
      status: 3,
    });
  });

  it("writes an empty JSON object where the one device fails", () => {
    const answer = run(openFirmware(), "mstconfig -d 07:00.0 -j q.json q");
    assert.equal(answer.files?.["q.json"], "{}\n");
    assert.match(
      answer.stdout,
      /^-E- Failed to open the device\nQuery output saved to q\.json but one or more devices had/,
    );
  });

  const wrong: [line: string, message: string, release?: ToolRelease][] = [
    ["mstconfig -d 19:00.0 q NO_SUCH", "Failed to find Param / TLV with name 'NO_SUCH' port 0 module -1"],
    ["mstconfig -d 19:00.0 q NO_SUCH", "Unknown Parameter: NO_SUCH", "4.21.0"],
    ["mstconfig -d 19:00.0 q LINK_TYPE", "TLV with name 'nv_vpi_link_type', port 0, module -1 does not exist"],
    ["mstconfig -d 19:00.0 q NO_SUCH[1]", "Failed to find Param / index out of range: NO_SUCH[1]"],
    [
      "mstconfig -d 19:00.0 q HOST_CHAINING_DESCRIPTORS[8]",
      "Index 8 of the parameter HOST_CHAINING_DESCRIPTORS is out of range. Maximal index is 7",
    ],
  ];
  for (const [line, message, release = "4.35.0"] of wrong) {
    it(`"${line}" says "${message}"`, () => {
      const answer = run(openFirmware({ release }), line);
      assert.equal(answer.status, 3);
      assert.ok(answer.stdout.endsWith(`-E- ${message}\n`), answer.stdout);
    });
  }

  const misused: [line: string, message: string, release?: ToolRelease][] = [
    ["mstconfig -d", "missing device name"],
    ["mstconfig", "No command found. For more information please read the help message:"],
    ["mstconfig -x q", "invalid argument: -x"],
    ["mstconfig -d 19:00.0 -j out q", "invalid argument: -j", "4.21.0"],
    ["mstconfig -d 19:00.0 -j out reset", "Json format is only supported for query command."],
    ["mstconfig -d 19:00.0 q A[1", "Expected a parameter with index"],
    ["mstconfig -d 19:00.0 q A[x]", "Can not parse the index x"],
    ["mstconfig -d 19:00.0 q A[3..1]", "Left index 3 can not be greater than right index 1"],
    ["mstconfig -d 19:00.0 -f raw q", "raw TLV file can only be specified with set_raw, get_raw and backup commands."],
    ["mstconfig xml2raw", "xml2raw is not simulated in the lab"],
    ["mstconfig -t switch q", "Device type mismatch, provided device is not a switch device"],
    ["mstconfig set A=1", "set command expects device to be specified."],
    ["mstconfig backup -f x", "backup command expects device to be specified."],
    ["mstconfig -d 19:00.0 backup", "backup command expects file to be specified."],
    [
      "mstconfig -d 19:00.0 set",
      "missing configuration arguments. For more information please run mstconfig -h|--help.",
    ],
  ];
  for (const [line, message, release = "4.35.0"] of misused) {
    it(`"${line}" says "${message}" and prints its usage`, () => {
      const answer = run(openFirmware({ release }), line);
      assert.equal(answer.status, 3);
      assert.ok(answer.stdout.startsWith(`-E- ${message}\n    NAME:\n        mstconfig\n`), answer.stdout);
    });
  }

  it("has a version, a help and a list of what devices may support", () => {
    const firmware = openFirmware();
    assert.equal(run(firmware, "mstconfig --version").stdout, "mstconfig, mstflint 4.35.0, Git SHA Hash: N/A\n");
    assert.match(run(firmware, "mstconfig -h").stdout, /q\|query/);
    const list = run(firmware, "mstconfig -d 3b:00.0 i").stdout;
    assert.ok(list.startsWith("\nList of configurations the device 3b:00.0 may support:\n"));
    assert.match(list, /\n\t\tPCI CONF:.*\n/);
    assert.match(list, /\n {20}ADVANCED_PCI_SETTINGS=<False\|True> {6}Show advanced PCI settings\.\n/);
    assert.match(list, /\n {20}LINK_TYPE_P1=<ETH\|IB> {19}Select the link type.*\n {60}0x1: IB - Infiniband\n/);
    assert.match(list, /\n {20}LINK_TYPE_P2=<ETH\|IB> {19}\n/);
  });

  it("frees the semaphore", () => {
    const answer = run(openFirmware(), "mstconfig -d 3b:00.0 clear_semaphore");
    assert.equal(answer.stdout, "-W- Forcefully clearing device Semaphore...\n Done!\n");
  });
});
