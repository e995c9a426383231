import { equal, match } from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalReach } from "../../provider/reach/local";
import { Machine } from "../../provider/reach/machine";
import { inOwnSession } from "../../provider/reach/own-session";
import { eventually } from "../support/eventually";
import { runOptions } from "../support/reach-subject";

/** Of the command's group: TERM, and KILL 2 s later, as every reach does it. */
const GRACE_MS = 2000;

describe("a script in a session of its own", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "gpudirect-session-"));
    mkdirSync(join(root, "run"));
  });
  after(() => rmSync(root, { recursive: true }));
  const file = (name: string) => join(root, name);
  const left = () => readdirSync(file("run"));
  const env = () => ({ ...process.env, GPUDIRECT_ROOT: root });

  it("has its output and exit code, and leaves nothing", async () => {
    const script = inOwnSession("echo out; echo err >&2; exit 7");
    const { exitCode, stdout, stderr } = await new LocalReach().run(script, runOptions());
    equal(exitCode, 7);
    equal(stdout.toString(), "out\n");
    equal(stderr, "err\n");
  });

  it("is told of the end, and has the time to undo what it did, longer than a command has", async () => {
    const undo = `trap 'trap "" TERM; touch ${file("told")}; n=0; while [ $n -lt 40 ]; do sleep 0.1; n=$((n + 1)); done; touch ${file("undone")}' EXIT
trap 'exit 143' TERM
touch ${file("begun")}
while :; do sleep 0.1; done`;
    const child = spawn("sh", ["-c", inOwnSession(undo)], { env: env(), detached: true, stdio: "ignore" });
    await eventually("it has begun", () => existsSync(file("begun")));
    process.kill(-(child.pid ?? 0), "SIGTERM");
    const kill = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), GRACE_MS);
    await new Promise((resolve) => child.once("close", resolve));
    clearTimeout(kill);
    equal(existsSync(file("told")), true);
    equal(existsSync(file("undone")), false, "it was not killed in the midst of it");
    await eventually("it has undone what it did", () => existsSync(file("undone")));
    await eventually("nothing is left", () => left().length === 0);
  });

  it("keeps the machine for whoever writes next until it has ended", async () => {
    const machine = new Machine({ name: "here", reach: new LocalReach() });
    const controller = new AbortController();
    const slow = `trap 'n=0; while [ $n -lt 40 ]; do sleep 0.1; n=$((n + 1)); done; echo undone >> ${file("order")}' EXIT
trap 'exit 143' TERM
touch ${file("writing")}
while :; do sleep 0.1; done`;
    const turn = { signal: new AbortController().signal, holder: "test", onWaiting: () => {} };
    const first = machine.writing(turn, ({ reach }) =>
      reach.run(inOwnSession(slow), { ...runOptions(), signal: controller.signal }),
    );
    await eventually("it writes", () => existsSync(file("writing")));
    controller.abort(new Error("stop"));
    await first.catch(() => undefined);
    await machine.writing(turn, ({ reach }) => reach.run(`echo next >> ${file("order")}`, runOptions()));
    match(readFileSync(file("order"), "utf8"), /^undone\nnext\n$/);
  });
});
