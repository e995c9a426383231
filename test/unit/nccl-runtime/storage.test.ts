import { deepEqual, equal, match } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeGuest, LIVE } from "./fake-guest";
import { Managed } from "./managed";
import { topologyOf } from "./topology";

const canMount = spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
const PROGRAM = { topology: topologyOf(), environment: { NCCL_IB_TC: "106" } };

describe("NcclRuntime on a disk that is full or read-only", () => {
  let guest: FakeGuest;
  let runtime: Managed;
  beforeEach(function () {
    if (!canMount) this.skip();
    guest = new FakeGuest();
    runtime = new Managed(guest);
    guest.file("/etc/nccl.conf", "# ours\n");
    guest.file("/etc/environment", "");
    guest.file(LIVE, "<system/>\n");
  });
  afterEach(() => guest?.close());

  /** Runs scripts with /etc on a disk of its own, in a mount namespace; says at the end whether that has changed. */
  const withDisk = (options: string, readOnly = false): void => {
    const shell = join(guest.root, "proc", "shell");
    const [etc, before] = [join(guest.root, "etc"), join(guest.root, "proc", "etc")];
    writeFileSync(
      shell,
      `#!/bin/sh
rm -rf ${before} && cp -a ${etc} ${before} && mount -t tmpfs -o ${options} tmpfs ${etc} && cp -a ${before}/. ${etc}/ || exit 9
${readOnly ? `mount -o remount,ro ${etc}` : ""}
dash "$@"
code=$?
diff -r ${before} ${etc} >/dev/null && echo "etc is as it was" >&2
exit $code
`,
    );
    chmodSync(shell, 0o755);
    guest.shell = ["unshare", "-m", shell];
  };

  it("changes nothing where the disk is full, whichever file does not fit", async () => {
    const before = guest.snapshot();
    const rounds: string[] = [];
    // A page for each file that is not empty: from no room but for what is there to room for all.
    for (let pages = 1; pages < 40; pages++) {
      withDisk(`size=${pages * 4}k`);
      const error = await runtime.up(PROGRAM).then(
        () => "",
        (cause: Error) => cause.message,
      );
      // In the namespace that is gone by then, all was set: the next look sees the old disk.
      if (/^not as wanted/.test(error)) break;
      match(error, /No space left on device.*cannot be written: make room.*nothing was changed; etc is as it was$/);
      deepEqual(guest.snapshot(), before);
      rounds.push(/(\/\S+) cannot be written/.exec(error)?.[1] ?? "");
    }
    deepEqual([...new Set(rounds)].sort(), [
      "/etc/environment",
      "/etc/gpudirect/nccl-topology.xml",
      "/etc/nccl.conf",
      "/etc/tmpfiles.d/gpudirect-nccl.conf",
    ]);
  });

  it("changes nothing where the file system is read-only", async () => {
    const before = guest.snapshot();
    withDisk("size=1m", true);
    const error = await runtime.up(PROGRAM).then(
      () => "",
      (cause: Error) => cause.message,
    );
    match(error, /Read-only file system.*cannot be written: .*nothing was changed; etc is as it was$/);
    deepEqual(guest.snapshot(), before);
    equal(guest.read(LIVE), "<system/>\n");
  });
});
