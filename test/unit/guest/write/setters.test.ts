import assert from "node:assert/strict";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { BOOT_SCRIPT } from "../../../../core/guest/write/boot-script";
import { SETTERS } from "../../../../core/guest/write/setters";
import { FakeSystem, SHELLS } from "./system";

const ADAPTER = "0000:23:00.0";
const GPU = "0000:41:00.0";
const NIC = { mtu: 2044, txQueueLength: 256, ring: 512 };

describe("one setting", () => {
  let system: FakeSystem;
  beforeEach(() => {
    system = new FakeSystem();
  });
  afterEach(() => system.remove());

  /** nvidia-smi that prints a text and ends with a code. */
  function smi(text: string, code = 0): void {
    rmSync(join(system.programs, "nvidia-smi"));
    system.write("bin/nvidia-smi", `#!/bin/sh\ncat <<'EOT'\n${text}\nEOT\nexit ${code}\n`);
    chmodSync(join(system.programs, "nvidia-smi"), 0o755);
  }
  const set = (words: string, shell = "dash") =>
    system
      .run(`${SETTERS}\nset_setting ${words}; echo "$?$absent"; printf '%s\\n' "$records"`, shell)
      .stdout.trim()
      .split("\n");

  for (const shell of Object.keys(SHELLS)) {
    it(`of an adapter leaves representors and further partitions alone, under ${shell}`, () => {
      for (const name of ["ib0", "ib0.8001", "pf0hpf", "pf0", "c1pf0vf2", "mypf0"]) system.adapter(ADAPTER, name, NIC);
      system.write(`root/sys/bus/pci/devices/${ADAPTER}/net/ib0.8001/parent`, "ib0\n");
      for (const name of ["pf0hpf", "pf0", "c1pf0vf2", "mypf0"])
        system.write(`root/sys/bus/pci/devices/${ADAPTER}/net/${name}/phys_port_name`, `${name}\n`);
      assert.equal(set(`interface ${ADAPTER} txQueueLength 10000`, shell)[0], "0");
      const changed = ["ib0", "ib0.8001", "pf0hpf", "pf0", "c1pf0vf2", "mypf0"].filter(
        (name) => system.read(`root/sys/class/net/${name}/tx_queue_len`) === "10000\n",
      );
      assert.deepEqual(changed, ["ib0", "mypf0"]);
    });
  }

  it("of a kernel parameter never leaves /proc/sys", () => {
    system.write("root/etc/victim", "whole\n");
    system.write("root/proc/sys/net/x", "1\n");
    for (const file of ["net/../../../etc/victim", "./../../etc/victim", "net//x"]) {
      assert.equal(set(`sysctl ${file} any harmed`)[0], "2", file);
    }
    assert.deepEqual([system.read("root/etc/victim"), system.read("root/proc/sys/net/x")], ["whole\n", "1\n"]);
  });

  it("is made where nvidia-smi only notes that an option is deprecated", () => {
    smi("Warning: this option is deprecated and will be removed\nAll done.");
    assert.deepEqual(set(`gpu ${GPU} lockedGpuClock 1410`), ["0", `${GPU}\tlockedGpuClock\tset\t1410`]);
  });

  for (const [what, text, code] of [
    ["that is not supported", `Setting clocks is not supported for GPU ${GPU}.\nTreating as warning and moving on.`, 0],
    ["that was deprecated", "Requested functionality has been deprecated\nTreating as warning and moving on.", 0],
    [
      "whose option nvidia-smi does not know",
      "Invalid combination of input arguments. Please run 'nvidia-smi -h' for help.",
      1,
    ],
    [
      "whose option another nvidia-smi does not know",
      "ERROR: Option -cc is not recognized. Please run 'nvidia-smi -h'.",
      1,
    ],
    ["whose name it does not know", '"cc" is not a recognized option.', 1],
    ["that the library lacks", "Function not found", 13],
  ] as const) {
    it(`of a GPU ${what} is left out and remembered, and fails nothing`, () => {
      smi(text, code);
      assert.deepEqual(set(`gpu ${GPU} cudaClocks true`), [
        "3",
        `${GPU}\tcudaClocks\tunsupported\t${text.split("\n")[0]}`,
      ]);
    });
  }

  it("of a GPU fails where nvidia-smi makes a warning of an error", () => {
    smi(`Unable to set persistence mode for GPU ${GPU}: Insufficient Permissions\nTreating as warning and moving on.`);
    assert.deepEqual(set(`gpu ${GPU} persistence true`), ["1"]);
  });

  it("at boot of a GPU, a driver or an adapter that is not there is a note and no failure", () => {
    system.write(
      "root/etc/gpudirect/guest-tuning.conf",
      `gpu ${GPU} persistence true\ninterface ${ADAPTER} mtu 9000\ninterface ${ADAPTER} maxReadRequest 4096\n`,
    );
    smi("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", 9);
    const { code, stdout, stderr } = system.run(BOOT_SCRIPT);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^gpu 0000:41:00\.0 persistence true: left out: NVIDIA-SMI has failed/m);
    assert.match(stdout, /^interface 0000:23:00\.0 mtu 9000: left out: the adapter has no network interface now$/m);
    smi("Insufficient Permissions", 4);
    assert.equal(system.run(BOOT_SCRIPT).code, 1, "what fails of a device that is there still does");
  });
});
