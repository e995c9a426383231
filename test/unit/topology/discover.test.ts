import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discover } from "../../../cli/discover";
import { parseSshTarget } from "../../../cli/ssh-target";
import { parseHostFile } from "../../../core/topology/host-file";
import { FakeMachine } from "../../support/fake-sysfs";

/** Runs the command and takes what it prints. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const streams = { out: "", err: "" };
  const { write: out } = process.stdout;
  const { write: err } = process.stderr;
  const take = (stream: keyof typeof streams) => (text: string) => {
    streams[stream] += text;
    return true;
  };
  process.stdout.write = take("out") as typeof out;
  process.stderr.write = take("err") as typeof err;
  try {
    return { code: await discover(args), ...streams };
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
  }
}

describe("gpudirect discover", function () {
  this.timeout(30_000);
  let directory: string;
  const environment = { ...process.env };
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "gpudirect-discover-"));
    const machine = new FakeMachine(join(directory, "machine"));
    machine.pci("pci0000:00/0000:00:01.0", { class: "0x030200", vendor: "0x10de", device: "0x2330" }, { portType: 9 });
    machine.file("sys/devices/system/cpu/online", "0-3\n");
    machine.file(
      "bin/ssh",
      `#!/bin/sh\ncase $* in *-M*) printf '%s\\n' "$@" >"${directory}/args";; esac\nwhile [ "$1" != -- ]; do shift; done\n[ "$2" = down ] && { echo "Connection refused" >&2; exit 255; }\nshift 2\nexec sh -c "$*"\n`,
    );
    chmodSync(join(directory, "machine/bin/ssh"), 0o755);
    Object.assign(process.env, {
      GPUDIRECT_ROOT: join(directory, "machine"),
      PATH: `${join(directory, "machine/bin")}:${process.env.PATH}`,
    });
  });
  after(() => {
    for (const name of ["GPUDIRECT_ROOT", "PATH"]) {
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
    }
    rmSync(directory, { recursive: true, force: true });
  });

  it("prints a host file of this machine, and warnings beside it", async () => {
    const { code, out, err } = await run();
    assert.equal(code, 0);
    const host = parseHostFile(out);
    assert.equal(host.source, "this machine, read from /sys");
    assert.equal(host.pciRoots[0]?.devices[0]?.device, "2330");
    assert.match(err, /^warning: no PCI function was found for the disk/);
  });

  it("reads another machine by OpenSSH's client, as the user's configuration has it", async () => {
    const { code, out } = await run("ssh://root@node7:2222");
    assert.equal(code, 0);
    assert.equal(parseHostFile(out).source, "root@node7, read from /sys");
    const args = readFileSync(join(directory, "args"), "utf8").trim().split("\n");
    assert.deepEqual([...args.slice(0, 4), ...args.slice(-3, -1)], ["-p", "2222", "-l", "root", "--", "node7"]);
    assert.ok(args.includes("BatchMode=yes") && args.includes("ConnectTimeout=15"), args.join(" "));
    assert.ok(!args.includes("-F") && !args.some((arg) => arg.startsWith("Identity")), args.join(" "));
  });

  it("says why a machine cannot be reached, and what to check", async () => {
    const { code, out, err } = await run("ssh://down");
    assert.deepEqual([code, out], [1, ""]);
    const reason = "it could not be reached by ssh; check address and port, and that its sshd runs";
    assert.equal(err, `error: down: read the topology: ${reason}\nssh said: Connection refused\n`);
  });

  it("explains itself", async () => {
    assert.match((await run("--help")).out, /^usage: gpudirect discover/);
    assert.deepEqual([(await run("a", "b")).code, (await run("node7")).code], [2, 1]);
  });
});

describe("ssh addresses", () => {
  it("are taken apart", () => {
    assert.deepEqual(parseSshTarget("ssh://node7"), { user: undefined, address: "node7", port: undefined });
    assert.deepEqual(parseSshTarget("ssh://me@10.0.0.1:22/"), { user: "me", address: "10.0.0.1", port: 22 });
    assert.deepEqual(parseSshTarget("ssh://me@[fe80::1%eth0]:22"), { user: "me", address: "fe80::1%eth0", port: 22 });
  });

  const refused = [
    "node7",
    "ssh://",
    "ssh://-oProxyCommand=id",
    "ssh://-x@host",
    "ssh://me:secret@host",
    "ssh://host/path",
    "ssh://host:0",
    "ssh://host:99999",
    "ssh://a b",
    "ssh://host;id",
    "ssh://$(id)",
    "ssh://me@-host",
    "http://host",
  ];
  for (const address of refused) {
    it(`refuse ${address}`, () => {
      assert.throws(
        () => parseSshTarget(address),
        (error: Error) => error.name === "Refusal" && !error.message.includes("secret"),
      );
    });
  }
});
