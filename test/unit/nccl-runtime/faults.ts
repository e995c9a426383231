import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { APPLY_SCRIPT } from "../../../core/nccl-runtime/apply-script";
import { FakeGuest, LIVE } from "./fake-guest";
import { Managed } from "./managed";
import { topologyOf } from "./topology";

/** Programs whose failure is to be noticed; of sync and rmdir the script does without. */
const PROGRAMS = ["awk", "cat", "cp", "mkdir", "mv", "rm", "sha256sum", "tail", "wc"];
const PROGRAM = { topology: topologyOf(), rails: ["0000:25:00.0"], environment: { NCCL_IB_TC: "106" } };

/** Programs of the same names before the real ones on PATH, of whose calls one, or all from it on, goes wrong. */
class Faults {
  private readonly folder: string;

  constructor(private readonly guest: FakeGuest) {
    this.folder = join(guest.root, "..", `${guest.root.split("/").pop()}-programs`);
    mkdirSync(this.folder);
    for (const name of PROGRAMS) {
      const real = execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
      const script = `#!/bin/sh
read -r calls <'${this.folder}/calls'
calls=$((calls + 1))
echo "$calls" >'${this.folder}/calls'
read -r at which what <'${this.folder}/fault'
if [ "$calls" -eq "$at" ] || { [ "$which" = all ] && [ "$calls" -gt "$at" ]; }; then
  case $what in
    fail) echo "${name}: No space left on device" >&2; exit 1 ;;
    *) kill -s "$what" "$PPID"; exit 1 ;;
  esac
fi
exec ${real} "$@"
`;
      writeFileSync(join(this.folder, name), script);
      chmodSync(join(this.folder, name), 0o755);
    }
  }

  /** From now on, and until `end`. */
  begin(at: number, what: "fail" | "TERM" | "KILL", which: "one" | "all" = "one"): void {
    writeFileSync(join(this.folder, "calls"), "0\n");
    writeFileSync(join(this.folder, "fault"), `${at} ${which} ${what}\n`);
    this.guest.path = `${this.folder}:${process.env.PATH}`;
  }

  /** How many calls there were. */
  end(): number {
    this.guest.path = process.env.PATH ?? "";
    return Number(readFileSync(join(this.folder, "calls"), "utf8"));
  }

  close(): void {
    execFileSync("rm", ["-rf", this.folder]);
  }
}

/**
 * Tests of what goes wrong while NcclRuntime writes: each `step`th call of a program fails, is interrupted or takes the
 * guest with it.
 */
export function writesAsAWhole(step: number): void {
  let guest: FakeGuest;
  let runtime: Managed;
  let faults: Faults;
  beforeEach(() => {
    guest = new FakeGuest();
    runtime = new Managed(guest);
    faults = new Faults(guest);
    guest.file("/etc/nccl.conf", "# ours\nNCCL_BUFFSIZE=1");
    guest.file("/etc/environment", "");
    guest.file(LIVE, "<system/>\n");
  });
  afterEach(() => {
    faults.close();
    guest.close();
  });

  /** Writes with something going wrong; the error, if there was one. */
  const goesWrong = async (work: () => Promise<unknown>, fault: () => void): Promise<string | undefined> => {
    // Looks are not what is tried here.
    const { run } = guest;
    guest.run = (script, options) => {
      if (options.input !== undefined) fault();
      return run.call(guest, script, options).finally(() => options.input !== undefined && faults.end());
    };
    try {
      await work();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    } finally {
      guest.run = run;
    }
  };
  /** What it left behind at its very end, when all was set, is no failure. */
  const settled = () =>
    Object.fromEntries(
      Object.entries(guest.snapshot()).filter(
        ([path, text]) => text !== "folder" && !/gpudirect-old$|nccl-runtime\.created$/.test(path),
      ),
    );

  /** What work gives the script that writes. */
  const inputOf = async (work: () => Promise<unknown>): Promise<string> => {
    const { run } = guest;
    let input = "";
    guest.run = (script, options) => {
      if (options.input !== undefined) input = String(options.input);
      return run.call(guest, script, options);
    };
    await work().finally(() => {
      guest.run = run;
    });
    return input;
  };

  /** Tries each `step`th call of a program in turn, until none is left; `work` is undone by `back`. */
  const sweep = async (work: () => Promise<unknown>, back: () => Promise<unknown>, what: "fail" | "TERM") => {
    const before = guest.snapshot();
    const there = await inputOf(work);
    const after = settled();
    const again = await inputOf(back);
    for (let at = 1, failures = 0; ; at += step) {
      faults.begin(at, what);
      const { exitCode, stderr } = await guest.run(APPLY_SCRIPT, { input: there });
      const calls = faults.end();
      if (exitCode === 0) {
        deepEqual(settled(), after, `call ${at}`);
        if (calls < at) {
          ok(failures * step > 25, `${failures} failures`);
          return;
        }
        await guest.run(APPLY_SCRIPT, { input: again });
      } else {
        failures++;
        match(stderr, /^nothing was changed\n$/m, `call ${at}`);
        deepEqual(guest.snapshot(), before, `call ${at}: ${stderr}`);
      }
    }
  };

  it("is done as a whole or not at all, whichever program fails", async () => {
    const first = await runtime.observe(runtime.inputs(PROGRAM));
    const [work, back] = [() => runtime.up(PROGRAM), () => runtime.destroy(PROGRAM, first)];
    await sweep(work, back, "fail");
  });

  it("is taken back as a whole or not at all, whichever program fails", async () => {
    const first = await runtime.observe(runtime.inputs(PROGRAM));
    await runtime.up(PROGRAM);
    const [work, back] = [() => runtime.destroy(PROGRAM, first), () => runtime.up(PROGRAM)];
    await sweep(work, back, "fail");
  });

  it("is undone where the connection breaks, at whatever moment", async () => {
    const first = await runtime.observe(runtime.inputs(PROGRAM));
    const [work, back] = [() => runtime.up(PROGRAM), () => runtime.destroy(PROGRAM, first)];
    await sweep(work, back, "TERM");
  });

  it("is mended by the next one where the guest dies, at whatever moment", async () => {
    const first = await runtime.observe(runtime.inputs(PROGRAM));
    const before = guest.snapshot();
    await runtime.up(PROGRAM);
    const after = settled();
    await runtime.destroy(PROGRAM, first);
    // Nobody could write down any more which folders were made.
    const withoutFolders = (files: Record<string, string>) =>
      Object.fromEntries(Object.entries(files).filter(([, text]) => text !== "folder"));
    for (let at = 1; ; at += step) {
      const error = await goesWrong(
        () => runtime.up(PROGRAM),
        () => faults.begin(at, "KILL"),
      );
      if (error === undefined && faults.end() < at) break;
      await runtime.up(PROGRAM);
      deepEqual(settled(), after, `call ${at}`);
      await runtime.destroy(PROGRAM, first);
      deepEqual(withoutFolders(guest.snapshot()), withoutFolders(before), `call ${at}`);
    }
  });

  it("names what could not even be put back, and keeps its old content", async () => {
    const content = guest.read("/etc/nccl.conf");
    let told = "";
    for (let at = 1; told === ""; at += step) {
      const error = await goesWrong(
        () => runtime.up(PROGRAM),
        () => faults.begin(at, "fail", "all"),
      );
      notEqual(error, undefined, "a disk that fails for good is noticed");
      if (error?.includes("these could not be put back: ") && error.includes("/etc/nccl.conf")) told = error;
    }
    equal(guest.read("/etc/.nccl.conf.gpudirect-old"), content);
  });

  const obstacles: [string, () => void, RegExp][] = [
    [
      "a file where a folder is to be",
      () => guest.file("/etc/tmpfiles.d", ""),
      /mkdir: .*\/etc\/tmpfiles\.d cannot be written: make room/s,
    ],
    [
      "a folder where a file is to be",
      () => guest.machine.directory("etc/nccl.conf"),
      /\/etc\/nccl\.conf is there, and is no file; nothing was changed/,
    ],
    [
      "a link that leads to itself",
      () => guest.machine.link("etc/gpudirect/nccl-topology.xml", "etc/gpudirect/nccl-topology.xml"),
      /the symbolic link leads to itself; nothing was changed/,
    ],
  ];
  for (const [what, make, says] of obstacles) {
    it(`changes nothing before ${what}`, async () => {
      if (what.includes("folder where")) guest.remove("/etc/nccl.conf");
      make();
      const before = guest.snapshot();
      const wanted = runtime.inputs(PROGRAM);
      const observed = await runtime.observe(wanted).catch(() => undefined);
      const error = await goesWrong(
        () => (observed === undefined ? Promise.reject(new Error("not even read")) : runtime.up(PROGRAM)),
        () => faults.begin(0, "fail"),
      );
      match(error ?? "", observed === undefined ? /not even read/ : says);
      deepEqual(guest.snapshot(), before);
    });
  }

  it("changes nothing where its input is cut off", async () => {
    const before = guest.snapshot();
    const { run } = guest;
    for (const part of [0.05, 0.3, 0.9]) {
      guest.run = (script, options) => {
        const text = String(options.input ?? "");
        return run.call(guest, script, { input: text.slice(0, text.length * part) });
      };
      const error = await runtime.up(PROGRAM).then(
        () => "",
        (cause: Error) => cause.message,
      );
      match(error, /did not arrive whole; nothing was changed/);
      guest.run = run;
      deepEqual(guest.snapshot(), before);
    }
  });
}
