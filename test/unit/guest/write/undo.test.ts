import assert from "node:assert/strict";
import { existsSync, renameSync, rmSync } from "node:fs";
import { afterEach, describe, it } from "mocha";
import { eventually } from "../../../support/eventually";
import { adapters, exampleSystem, FIRST, fewBefore, fewTuned } from "./example";
import { type FakeSystem, SHELLS, scriptOf, type Values } from "./system";

const script = scriptOf(fewTuned, fewBefore, adapters);
/** Of settings that are made already: files of before are replaced, some removed. */
const again: Values = {
  ...fewTuned,
  sysctls: {},
  interfaces: { ...fewTuned.interfaces, [FIRST]: { ...fewTuned.interfaces[FIRST], mtu: 4200, trust: "pcp" } },
};
const changing = scriptOf(again, fewTuned, adapters);
const restoring = scriptOf(fewBefore, fewTuned, adapters, fewTuned);

describe("an update that cannot be made", () => {
  let system: FakeSystem;
  afterEach(() => system.remove());

  for (const [what, run, isTuned, shell, stride] of [
    ["every third, of the first one", script, false, "dash", 3],
    ["every seventh, of the first one under busybox", script, false, "busybox", 7],
    ["every third, of one of a tuned system", changing, true, "dash", 3],
    ["every fifth, of one that gives all back", restoring, true, "dash", 5],
  ] as const) {
    it(`leaves every file and value as it was, and says why, whichever of its calls fails: ${what}`, function () {
      this.timeout(300_000);
      system = exampleSystem();
      if (isTuned) assert.equal(system.run(script).code, 0);
      const untouched = system.snapshot();
      let failures = 0;
      for (let call = 1; ; call += stride) {
        const { code, stderr } = system.run(run, shell, { FAIL_AT: String(call) });
        if (code === 0 && system.calls < call) break;
        // An aid that may fail, such as a flush or what udev is told, fails no update.
        if (code === 0) {
          system.remove();
          system = exampleSystem();
          if (isTuned) system.run(script);
          continue;
        }
        failures++;
        assert.deepEqual(system.snapshot(), untouched, `call ${call}: ${stderr}`);
        assert.match(stderr, /No space left on device|keeps/, `call ${call}`);
        assert.match(
          stderr,
          /^(persistent|sysctls|interfaces|gpuClocks)\b.* could not be (written|set to|removed)|^persistent: systemd did not/,
        );
        assert.match(stderr, /\nNothing is set: what had been changed is again as it was\n$/);
      }
      assert.ok(failures * stride > 15, `${failures} failures`);
    });
  }

  for (const shell of Object.keys(SHELLS)) {
    for (const signal of ["TERM", "HUP", "INT"] as const) {
      it(`is undone where it is ended by ${signal} in the midst of it, under ${shell}`, async () => {
        system = exampleSystem();
        const untouched = system.snapshot();
        const calls = callOf(system, shell, "ethtool -G");
        system.remove();
        system = exampleSystem();
        const running = system.start(script, shell, { BLOCK_AT: String(calls) });
        await eventually("the update waits at the second ring", () => existsSync(`${system.state}.blocked`), 30_000);
        assert.notDeepEqual(system.snapshot(), untouched);
        running.signal(`SIG${signal}`);
        const { code, stderr } = await running.ended;
        assert.equal(code, 143);
        assert.deepEqual(system.snapshot(), untouched);
        assert.match(stderr, /it was interrupted\nNothing is set/);
      });
    }
  }

  it("that was killed has the files alone in place, and the next one mends the rest", async () => {
    system = exampleSystem();
    const calls = callOf(system, "dash", "ethtool -G");
    const complete = system.snapshot();
    system.remove();
    system = exampleSystem();
    const running = system.start(script, "dash", { BLOCK_AT: String(calls) });
    await eventually("the update waits at the second ring", () => existsSync(`${system.state}.blocked`), 30_000);
    running.signal("SIGKILL");
    await running.ended;
    const killed: Values = { ...fewBefore, persistent: true, sysctls: fewTuned.sysctls };
    assert.equal(system.run(scriptOf(fewTuned, killed, adapters)).code, 0);
    assert.deepEqual(system.snapshot(), complete);
  });

  it("puts a ring back too that its driver rounds where the MTU is large", () => {
    system = exampleSystem();
    const interfaces = { ...fewTuned.interfaces, [FIRST]: { ...fewTuned.interfaces[FIRST], mtu: 9000, rxRing: 960 } };
    const untouched = system.snapshot();
    const { programs, root } = system;
    renameSync(`${programs}/ethtool`, `${programs}/../ethtool`);
    for (const name of ["ethtool", "setpci"]) rmSync(`${programs}/${name}`, { force: true });
    const rounding = `[ "$(cat ${root}/sys/class/net/$2/mtu)" != 9000 ] || set -- "$1" "$2" "$3" $((($4 + 95) / 96 * 96))`;
    system.write("bin/ethtool", `#!/bin/sh\n[ "$1" != -G ] || { ${rounding}; }\nexec ${programs}/../ethtool "$@"\n`);
    system.write("bin/setpci", "#!/bin/sh\necho 'setpci: no such device' >&2\nexit 1\n");
    for (const name of ["ethtool", "setpci"]) system.setMode(`bin/${name}`, 0o755);
    const { code, stderr } = system.run(scriptOf({ ...fewTuned, interfaces }, fewBefore, adapters));
    assert.equal(code, 1);
    assert.deepEqual(system.snapshot(), untouched, stderr);
    assert.match(stderr, /Nothing is set/);
  });

  it("says what could not be undone", () => {
    system = exampleSystem();
    // The adapter goes while it is tuned.
    const program = `${system.programs}/setpci`;
    rmSync(program);
    const net = `${system.root}/sys/bus/pci/devices/${FIRST}/net`;
    system.write("bin/setpci", `#!/bin/sh\nrm -rf '${net}'\necho 'setpci: no such device' >&2\nexit 1\n`);
    system.setMode("bin/setpci", 0o755);
    const { code, stderr } = system.run(script);
    assert.equal(code, 1);
    assert.match(stderr, /maxReadRequest could not be set to 4096: setpci: no such device/);
    assert.match(
      stderr,
      /Not everything could be undone:\n(?:.*\n)*.*\.mtu could not be put back to 1500: the adapter has no network interface now/,
    );
  });

  /** Number of the last call of its kind in a whole run. */
  function callOf(ran: FakeSystem, shell: string, call: string): number {
    assert.equal(ran.run(script, shell).code, 0);
    return ran.log.findLastIndex((line) => line.startsWith(call)) + 1;
  }
});
