import { equal } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UNTIL_STARTED } from "../../../core/guest/until-started";

type Shell = readonly [string, ...string[]];
const DASH: Shell = ["sh"];
const SHELLS: readonly Shell[] = [DASH, ["busybox", "sh"]];

describe("a look at a guest that boots", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "gpudirect-boots-"));
    for (const folder of ["bin", "proc", "run/systemd/system"]) mkdirSync(join(root, folder), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Runs the lines where systemd says `states` one after another; how often it was asked. */
  const asked = (uptime: string, states: readonly string[], shells = SHELLS): number => {
    writeFileSync(join(root, "proc/uptime"), uptime);
    writeFileSync(join(root, "states"), states.map((state) => `${state}\n`).join(""));
    writeFileSync(join(root, "asked"), "");
    const program = (name: string, text: string) => {
      writeFileSync(join(root, "bin", name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(root, "bin", name), 0o755);
    };
    program("systemctl", `echo x >> '${root}/asked'; sed -n "$(grep -c '' '${root}/asked')p" '${root}/states'`);
    program("sleep", ":");
    for (const [shell, ...args] of shells) {
      writeFileSync(join(root, "asked"), "");
      const env = { ...process.env, PATH: `${join(root, "bin")}:${process.env.PATH}` };
      const { status, stderr } = spawnSync(shell, [...args, "-c", `R='${root}'\n${UNTIL_STARTED}\nexit 0`], { env });
      equal(status, 0);
      equal(stderr.toString(), "");
    }
    return readFileSync(join(root, "asked"), "utf8").length / 2;
  };

  it("waits until systemd has started what it starts at boot", () => {
    equal(asked("12.34 3.00\n", ["initializing", "starting", "running"]), 3);
    equal(asked("12.34 3.00\n", ["starting", "degraded"]), 2);
  });

  it("does not wait for ever, and not for a job that hangs long after the boot", () => {
    // busybox has a sleep of its own, which no program on PATH takes the place of.
    equal(asked("12.34 3.00\n", Array(100).fill("starting"), [DASH]), 60);
    equal(asked("4000.00 3.00\n", ["starting"]), 0);
  });

  it("does not wait without systemd", () => {
    rmSync(join(root, "run"), { recursive: true });
    equal(asked("12.34 3.00\n", ["starting"]), 0);
  });
});
