import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { afterEach, describe, it } from "mocha";
import { adapters, before, exampleSystem, tuned } from "./example";
import { type FakeSystem, scriptOf } from "./system";

/** File systems of our own need root, or users that may be it in a namespace. */
const canMount = spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

describe("an update of a system whose file system takes nothing", () => {
  let system: FakeSystem;
  afterEach(() => system.remove());

  for (const [what, prepare, reason] of [
    [
      "is full",
      (folder: string) =>
        `/bin/mount -t tmpfs -o size=16k tmpfs '${folder}'; /bin/cat /dev/zero > '${folder}/fill' 2> /dev/null`,
      "No space left on device",
    ],
    ["is read-only", (folder: string) => `/bin/mount -t tmpfs -o ro tmpfs '${folder}'`, "Read-only file system"],
  ] as const) {
    for (const [folder, file] of [
      ["etc/sysctl.d", "/etc/sysctl.d/99-zz-gpudirect.conf"],
      ["usr", "/usr/local"],
      ["var/lib", "/var/lib/gpudirect"],
    ] as const) {
      it(`changes nothing where /${folder} ${what}, and says so`, function () {
        if (!canMount) this.skip();
        system = exampleSystem();
        system.write("root/usr/keep", "");
        const untouched = system.snapshot();
        const { code, stderr } = system.runPrepared(
          prepare(`${system.root}/${folder}`),
          scriptOf(tuned, before, adapters),
        );
        assert.equal(code, 1);
        const words = `persistent: ${file}`;
        assert.ok(stderr.startsWith(words), stderr);
        assert.ok(stderr.includes(`could not be written: `) && stderr.includes(reason), stderr);
        assert.match(stderr, /Make room, or make it writable, and update again\nNothing is set/);
        assert.deepEqual(system.snapshot(), untouched);
        // No program of the system was called, for nothing was to be set yet.
        assert.deepEqual(
          ["ip", "ethtool", "setpci", "nvidia-smi"].flatMap((name) => system.callsOf(name)),
          [],
        );
      });
    }
  }
});
