import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { newLabFolder, removeLabFolder } from "../keeper/support/lab-folder";
import { makeSmallHost } from "../keeper/support/small-host";

const ROOT = join(__dirname, "../../../..");

interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run lab -- …` without the set-up in front. */
function lab(...args: string[]): Promise<Said> {
  const env = { ...process.env, GPUDIRECT_LAB_CALLER: "/where/i/was" };
  const child = spawn(process.execPath, ["--import", "tsx", join(ROOT, "lab", "main.ts"), ...args], { cwd: ROOT, env });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text) => {
      said[stream] += text;
    });
  }
  child.stdin.end();
  return new Promise((resolve) => child.once("close", (status) => resolve({ status, ...said })));
}

describe("commands of the lab", () => {
  let folder: string;

  beforeEach(() => {
    folder = newLabFolder();
  });
  afterEach(removeLabFolder);

  it("are shown where none is given or help is asked for", async () => {
    for (const args of [[], ["help"], ["--help"]]) {
      const { status, stdout } = await lab(...args);
      assert.equal(status, 0);
      for (const name of [
        "up",
        "status",
        "ssh",
        "console",
        "reset",
        "power-off",
        "snapshot",
        "restore",
        "fault",
        "down",
      ]) {
        assert.match(stdout, new RegExp(`^ {2}${name}\\b`, "m"));
      }
    }
  });

  it("fault list and status need no host", async () => {
    const [faults, status] = await Promise.all([lab("fault", "list"), lab("status")]);
    assert.equal(faults.status, 0);
    assert.match(faults.stdout, /^power-cut +power is gone at once/m);
    assert.deepEqual([status.status, status.stdout], [0, 'no lab host; "npm run lab -- up" starts one\n']);
  });

  /** Command line, and what standard error says. All of them end with status 2. */
  const REFUSED: readonly [args: string[], says: RegExp][] = [
    [["fly"], /There is no command "fly"/],
    [["constructor"], /There is no command "constructor"/],
    [
      ["up", "--memory", "1", "--cpus", "none", "--flavour", "acme", "--host", "my.host.json"],
      /--flavour: must be one of.*--memory: must be a whole number from 1024.*--cpus: must be.*--host: \/where\/i\/was\/my\.host\.json cannot be read \(ENOENT\)/s,
    ],
    [["up", "--ssh-port", "70000"], /--ssh-port: must be a whole number from 1 to 65535/],
    [["up", "a", "b"], /"b" is a word too many/],
    [["up", "Bad_Name"], /name: "Bad_Name" is no name for a lab host/],
    [["status", "none"], /there is no lab host none; "npm run lab -- up none" makes one/],
    [["down", "none"], /there is no lab host none/],
    [["down", "--all"], /Unknown option '--all'/],
    [["reset", "--hard"], /Unknown option '--hard'/],
    [["power-off", "none"], /there is no lab host none/],
    [["ssh", "none", "--", "true"], /there is no lab host none/],
    [["ssh", "none", "uname"], /COMMAND: put "--" in front of it/],
    [["console", "a", "b"], /"b" is a word too many/],
    [["snapshot"], /SNAPSHOT: is missing; name it as the last word/],
    [["restore", "none", "one"], /there is no lab host none/],
    [["fault"], /KIND: name one kind of fault/],
    [["fault", "none", "ssh-cut"], /there is no lab host none/],
  ];

  it("refuse what is wrong with status 2, in words", async function () {
    this.timeout(180_000);
    for (const [args, says] of REFUSED) {
      const { status, stderr } = await lab(...args);
      assert.match(stderr, says, args.join(" "));
      assert.equal(status, 2, args.join(" "));
      assert.doesNotMatch(stderr, /^ +at /m, "no stack trace");
    }
  });

  it("status tells of hosts whose keeper is gone or that were not made to their end; down removes them", async () => {
    await makeSmallHost("small");
    mkdirSync(join(folder, "half"));
    const { status, stdout } = await lab("status");
    assert.equal(status, 0);
    assert.match(stdout, /^small: the keeper of small does not run; "npm run lab -- up small" starts it again$/m);
    assert.match(stdout, /^half: is not made to its end; "npm run lab -- down half" removes it$/m);
    const json = JSON.parse((await lab("status", "--json")).stdout) as { name: string }[];
    assert.deepEqual(json.map(({ name }) => name).sort(), ["half", "small"]);
    for (const name of ["small", "half"]) assert.equal((await lab("down", name)).status, 0);
    assert.equal((await lab("status")).stdout, 'no lab host; "npm run lab -- up" starts one\n');
  });
});
