import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { BOOT_SCRIPT } from "../../../../core/guest/write/boot-script";
import { adapters, before, exampleSystem, FIRST, FIRST_NAME, GPU, SECOND, SECOND_NAME, tuned } from "./example";
import { type FakeSystem, SHELLS, scriptOf } from "./system";

const NOW = { mtu: 1500, txQueueLength: 1000, ring: 1024 };

describe("the script of each boot", () => {
  let system: FakeSystem;
  afterEach(() => system.remove());

  /** A tuned system whose devices have forgotten everything. */
  function booted(): FakeSystem {
    const made = exampleSystem();
    assert.equal(made.run(scriptOf(tuned, before, adapters)).code, 0);
    assert.equal(made.read("root/usr/local/sbin/gpudirect-guest-tuning"), `${BOOT_SCRIPT}\n`);
    made.adapter(FIRST, FIRST_NAME, NOW);
    made.adapter(SECOND, SECOND_NAME, NOW);
    for (const setting of ["pm", "ac", "lgc", "lmc", "cc"]) made.write(`state/gpu/${GPU}-${setting}`, "0\n");
    made.write("root/run/gpudirect/gpu-settings", "");
    return made;
  }

  for (const shell of Object.keys(SHELLS)) {
    it(`makes all settings of adapters and GPUs again, and remembers what cannot be read back, under ${shell}`, () => {
      system = exampleSystem();
      system.run(scriptOf(tuned, before, adapters));
      const complete = system.snapshot();
      system.remove();
      system = booted();
      assert.deepEqual(system.run(BOOT_SCRIPT, shell), { code: 0, stdout: "", stderr: "" });
      assert.deepEqual(system.snapshot(), complete);
    });
  }

  it("remembers nothing where no GPU is tuned, and a system that is given back has nothing of it", () => {
    const [few, fewBefore] = [
      { ...tuned, gpuClocks: {} },
      { ...before, gpuClocks: {} },
    ];
    system = exampleSystem();
    system.run(scriptOf(few, fewBefore, adapters));
    assert.equal(system.run(BOOT_SCRIPT, "dash").code, 0);
    assert.throws(() => system.read("root/run/gpudirect/gpu-settings"), /ENOENT/);
    // As an earlier version has left it.
    system.write("root/run/gpudirect/gpu-settings", "\n");
    assert.equal(system.run(scriptOf(fewBefore, few, adapters)).code, 0);
    assert.deepEqual(
      Object.keys(system.snapshot()).filter((path) => path.includes("gpu-settings")),
      [],
    );
  });

  it("makes those of one adapter for udev", () => {
    system = booted();
    assert.equal(system.run(BOOT_SCRIPT, "dash", {}, ["adapter", FIRST]).code, 0);
    assert.equal(system.read(`state/rings/${FIRST_NAME}.rx`), "8192\n");
    assert.equal(system.read(`state/pci/${FIRST}`), "5936\n");
    assert.equal(system.read(`root/sys/class/net/${SECOND_NAME}/mtu`), "1500\n");
    assert.equal(system.read(`state/gpu/${GPU}-pm`), "0\n");
  });

  it("sets MTU and queue length alone for the network's owner, of the interface that it names", () => {
    system = booted();
    assert.equal(system.run(BOOT_SCRIPT, "dash", {}, ["interface", FIRST_NAME]).code, 0);
    assert.equal(system.read(`root/sys/class/net/${FIRST_NAME}/mtu`), "9000\n");
    assert.equal(system.read(`root/sys/class/net/${FIRST_NAME}/tx_queue_len`), "10000\n");
    assert.equal(system.read(`state/rings/${FIRST_NAME}.rx`), "1024\n");
    assert.equal(system.read(`root/sys/class/net/${SECOND_NAME}/mtu`), "1500\n");
    // ifup -a calls hooks with a word that is no interface.
    assert.equal(system.run(BOOT_SCRIPT, "dash", {}, ["interface", "--all"]).code, 0);
    assert.equal(system.read(`root/sys/class/net/${SECOND_NAME}/mtu`), "1500\n");
  });

  it("sets MTU and queue length of all for networkd", () => {
    system = booted();
    assert.equal(system.run(BOOT_SCRIPT, "dash", {}, ["links"]).code, 0);
    assert.equal(system.read(`root/sys/class/net/${FIRST_NAME}/mtu`), "9000\n");
    assert.equal(system.read(`root/sys/class/net/${SECOND_NAME}/mtu`), "9000\n");
    assert.equal(system.read(`state/rings/${SECOND_NAME}.rx`), "1024\n");
  });

  it("makes all others where one cannot be made, says which, and fails", () => {
    system = booted();
    system.write(
      "root/etc/gpudirect/guest-tuning.conf",
      `interface ${FIRST} rxRing 16384\ninterface ${FIRST} mtu 9000\n`,
    );
    const { code, stderr } = system.run(BOOT_SCRIPT);
    assert.equal(code, 1);
    assert.equal(stderr, `interface ${FIRST} rxRing 16384: netlink error: requested ring size exceeds maximum\n`);
    assert.equal(system.read(`root/sys/class/net/${FIRST_NAME}/mtu`), "9000\n");
  });

  it("leaves representors of virtual functions alone", () => {
    system = booted();
    system.adapter(FIRST, "gdt0r0", NOW);
    system.write(`root/sys/bus/pci/devices/${FIRST}/net/gdt0r0/phys_port_name`, "pf0vf0\n");
    assert.equal(system.run(BOOT_SCRIPT).code, 0);
    assert.equal(system.read("root/sys/class/net/gdt0r0/mtu"), "1500\n");
    assert.equal(system.read(`root/sys/class/net/${FIRST_NAME}/mtu`), "9000\n");
  });

  it("finds a virtio adapter's interface", () => {
    system = booted();
    const address = "0000:25:00.0";
    system.write("root/sys/class/net/gdt2/mtu", "1500\n");
    system.write(`root/sys/bus/pci/devices/${address}/virtio3/net/gdt2/phys_port_name`, "");
    system.write("root/etc/gpudirect/guest-tuning.conf", `interface ${address} mtu 4000\n`);
    assert.equal(system.run(BOOT_SCRIPT).code, 0);
    assert.equal(system.read("root/sys/class/net/gdt2/mtu"), "4000\n");
  });
});
