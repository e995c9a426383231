import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { parseApplied } from "../../../../core/guest/write/applied";
import { adapters, before, exampleSystem, FIRST, FIRST_NAME, GPU, SECOND_NAME, tuned } from "./example";
import { type FakeSystem, returnOf, SHELLS, scriptOf, type Values } from "./system";

const script = scriptOf(tuned, before, adapters);
const restoring = returnOf(before, tuned, adapters);

describe("the script of an update", () => {
  let system: FakeSystem;
  afterEach(() => system.remove());

  for (const shell of Object.keys(SHELLS)) {
    describe(`under ${shell}`, () => {
      it("makes every setting, and says nothing", () => {
        system = exampleSystem();
        const ran = system.run(script, shell);
        assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
        for (const [name, value] of Object.entries(tuned.sysctls)) {
          assert.equal(system.read(`root/proc/sys/${name.replaceAll(".", "/")}`).trim(), value, name);
        }
        for (const name of [FIRST_NAME, SECOND_NAME]) {
          assert.equal(system.read(`root/sys/class/net/${name}/mtu`), "9000\n", "S26");
          assert.equal(system.read(`root/sys/class/net/${name}/tx_queue_len`), "10000\n", "S27");
          assert.equal(system.read(`state/rings/${name}.tx`), "4096\n", "S28");
          assert.equal(system.read(`state/rings/${name}.rx`), "8192\n", "S29");
        }
        assert.equal(system.read(`state/pci/${FIRST}`), "5936\n", "MaxReadReq 4096, the other bits as they were");
        assert.equal(system.read(`state/qos/${FIRST_NAME}.trust`), "dscp\n");
        assert.equal(system.read(`state/qos/${FIRST_NAME}.pfc`), "0,0,0,1,0,0,0,0\n");
        assert.equal(system.read(`state/qos/${FIRST_NAME}.dscp26`), "4\n");
        assert.equal(system.read(`state/gpu/${GPU}-pm`), "1\n");
        assert.equal(system.read(`state/gpu/${GPU}-ac`), "1593,1410\n");
        assert.equal(system.read(`state/gpu/${GPU}-lgc`), "1410,1410\n");
        assert.equal(system.read(`state/gpu/${GPU}-lmc`), "1593,1593\n");
        assert.equal(system.read(`state/gpu/${GPU}-cc`), "1\n");
        assert.equal(
          system.read("root/run/gpudirect/gpu-settings"),
          [
            `${GPU}\tlockedGpuClock\tset\t1410`,
            `${GPU}\tlockedMemoryClock\tset\t1593`,
            `${GPU}\tcudaClocks\tset\ttrue`,
            "",
          ].join("\n"),
        );
      });

      it("changes nothing the second time, and touches no link", () => {
        system = exampleSystem();
        system.run(script, shell);
        const first = system.snapshot();
        const calls = system.callsOf("ethtool").filter((call) => call.includes("-G")).length;
        assert.equal(system.run(script, shell).code, 0);
        assert.deepEqual(system.snapshot(), first);
        assert.equal(system.callsOf("ethtool").filter((call) => call.includes("-G")).length, calls);
        assert.equal(system.callsOf("systemctl").filter((call) => call.includes("daemon-reload")).length, 1);
      });

      it("gives everything back, and removes every file and folder of ours", () => {
        system = exampleSystem();
        const untouched = system.snapshot();
        system.run(script, shell);
        assert.deepEqual(system.run(restoring, shell), { code: 0, stdout: "", stderr: "" });
        const left = system.snapshot();
        // What the provider had to make besides its own: the folders of systemd and the like.
        for (const path of Object.keys(left)) if (left[path] === "folder" && !(path in untouched)) delete left[path];
        assert.deepEqual(left, untouched);
        assert.ok(!Object.keys(system.snapshot()).some((path) => path.includes("gpudirect")));
      });
    });
  }

  it("makes the changes alone that the plan showed", () => {
    system = exampleSystem();
    const target: Values = {
      ...before,
      interfaces: { ...before.interfaces, [FIRST]: { ...before.interfaces[FIRST], mtu: 4200 } },
    };
    const untouched = system.snapshot();
    assert.equal(system.run(scriptOf(target, before, adapters)).code, 0);
    assert.deepEqual(system.snapshot(), { ...untouched, [`root/sys/class/net/${FIRST_NAME}/mtu`]: "644 4200\n" });
  });

  it("leaves out what a card does not support, says so, and remembers it", () => {
    system = exampleSystem();
    system.write(`state/gpu/${GPU}.lacks-lmc`, "");
    system.write(`state/gpu/${GPU}.lacks-rac`, "");
    const { code, stdout } = system.run(script);
    assert.equal(code, 0);
    const reason = `Setting clocks is not supported for GPU ${GPU}.`;
    assert.deepEqual(parseApplied(stdout), [
      { path: `gpuClocks["${GPU}"].applicationClocks`, reason },
      { path: `gpuClocks["${GPU}"].lockedMemoryClock`, reason },
    ]);
    assert.equal(system.read(`state/gpu/${GPU}-lgc`), "1410,1410\n");
    assert.match(
      system.read("root/run/gpudirect/gpu-settings"),
      new RegExp(`${GPU}\tlockedMemoryClock\tunsupported\t${reason}\n`),
    );
  });

  it("forgets at a delete what it has remembered of cards", () => {
    system = exampleSystem();
    system.write(`state/gpu/${GPU}.lacks-lmc`, "");
    system.run(script);
    // Its setting is not there to be given back.
    const { lockedMemoryClock: _, ...own } = tuned.gpuClocks[GPU] ?? {};
    assert.equal(system.run(returnOf(before, { ...tuned, gpuClocks: { [GPU]: own } }, adapters)).code, 0);
    assert.deepEqual(
      Object.keys(system.snapshot()).filter((path) => path.includes("gpudirect")),
      [],
    );
  });

  it("takes a wrong combination of clocks for an error, although the card says that it is not supported", () => {
    system = exampleSystem();
    const untouched = system.snapshot();
    const target: Values = {
      ...tuned,
      gpuClocks: { [GPU]: { ...tuned.gpuClocks[GPU], applicationClocks: "99999,1410" } },
    };
    const { code, stderr } = system.run(scriptOf(target, before, adapters));
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^gpuClocks\["0000:41:00\.0"\]\.applicationClocks could not be set to 99999,1410: Specified clock combination .* SUPPORTED_CLOCKS/,
    );
    assert.match(stderr, /Nothing is set/);
    // The card is back at the clocks that it had.
    assert.deepEqual(system.snapshot(), untouched);
  });

  it("says of which setting the record cannot be written, where nothing is to last", () => {
    system = exampleSystem();
    system.write("root/run/gpudirect", "no folder\n");
    const target: Values = { ...before, gpuClocks: { [GPU]: { ...before.gpuClocks[GPU], lockedGpuClock: 1410 } } };
    const { code, stderr } = system.run(scriptOf(target, before, adapters));
    assert.equal(code, 1);
    assert.match(stderr, /^gpuClocks: \/run\/gpudirect\S* could not be written/);
  });

  it("says what to do where PCI registers keep their value, as the profile would fill in what is left out", () => {
    system = exampleSystem(["setpci"]);
    system.write("bin/setpci", "#!/bin/sh\necho 2936\n");
    system.setMode("bin/setpci", 0o755);
    const { code, stderr } = system.run(script);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /maxReadRequest could not be set to 4096: it keeps 512\. .*set nicSettings\.maxReadRequest to the value that is there, or take profile "none"/,
    );
  });

  for (const [program, path] of [
    [
      "ethtool",
      /interfaces\["0000:23:00\.0"\]\.rxRing could not be set to 8192: there is no program ethtool; install it/,
    ],
    [
      "nvidia-smi",
      /gpuClocks\["0000:41:00\.0"\]\.persistence could not be set to true: there is no program nvidia-smi/,
    ],
    ["setpci", /maxReadRequest could not be set to 4096: there is no program setpci; install it \(package pciutils\)/],
  ] as const) {
    it(`says that ${program} is missing, and sets nothing`, () => {
      system = exampleSystem([program]);
      const untouched = system.snapshot();
      const { code, stderr } = system.run(script);
      assert.equal(code, 1);
      assert.match(stderr, path);
      assert.match(stderr, /\nNothing is set: what had been changed is again as it was\n$/);
      assert.deepEqual(system.snapshot(), untouched);
    });
  }
});
