import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { LibvirtError, Virsh } from "../../../provider/libvirt/virsh";
import type { WorkContext } from "../../../provider/protocol/definition";
import { LocalReach } from "../../../provider/reach/local";

describe("libvirt by virsh", () => {
  const dir = mkdtempSync(join(tmpdir(), "gpudirect-virsh-"));
  const { PATH: path, LIBVIRT_DEFAULT_URI: uri } = process.env;
  const context = { signal: new AbortController().signal } as WorkContext;
  const made = join(dir, "made");
  const file = (name: string) => join(dir, name);
  const calls = () => readFileSync(file("calls"), "utf8").split("\n").filter(Boolean);

  before(() => {
    // Prints what it was asked for; knows the domains of the file `names`, which are as the file `state` says.
    const program = `#!/bin/sh
printf '%s\\n' "$*" >> '${file("calls")}'
for last; do :; done
known() { grep -qxF -- "$last" '${file("names")}' || { echo "error: failed to get domain '$last'" >&2; exit 1; }; }
case "$*" in
*list*) cat '${file("names")}' ;;
*domstate*) known; cat '${file("state")}' ;;
*--inactive*) known; printf "<domain>%s</domain>" "$last" ;;
*dumpxml*) known; printf "<domain id='7'>%s</domain>" "$last" ;;
*define*) cat "$last" > '${file("defined")}' ;;
*) known; echo "error: Failed to do it" >&2; echo "error: not today" >&2; exit 1 ;;
esac
`;
    writeFileSync(file("virsh"), program);
    chmodSync(file("virsh"), 0o755);
    process.env.PATH = [dir, path].join(delimiter);
  });
  beforeEach(() => {
    delete process.env.LIBVIRT_DEFAULT_URI;
    writeFileSync(file("calls"), "");
    writeFileSync(file("state"), "shut off\n");
  });
  after(() => {
    process.env.PATH = path;
    if (uri !== undefined) process.env.LIBVIRT_DEFAULT_URI = uri;
    rmSync(dir, { recursive: true });
  });

  const virsh = (names: string, libvirtUri?: string) => {
    writeFileSync(file("names"), names);
    return new Virsh({ reach: new LocalReach(), libvirtUri });
  };

  it("runs nothing that an imported name smuggles in", async () => {
    for (const name of [`x'; touch ${made}; '`, `$(touch ${made})`, `\`touch ${made}\``, "--version", "-e x"]) {
      assert.equal(await virsh("vm\n").read(context, name), undefined, name);
      assert.equal(await virsh("vm\n").state(context, name), undefined, name);
      assert.ok(!existsSync(made), name);
    }
  });

  it("takes a name as it is, whatever it holds", async () => {
    for (const name of ["vm", "it's one", "-vm", "-n", "a b $HOME", "a\\nb", "ü"]) {
      const domain = await virsh(`other\n${name}\n`).read(context, name);
      assert.equal(domain?.xml.trim(), `<domain>${name}</domain>`);
      assert.deepEqual([domain?.state, domain?.live], ["shut off", undefined]);
      assert.equal(await virsh(`${name}\n`).state(context, name), "shut off");
    }
  });

  it("reads a running domain with what tells its start, in one script", async () => {
    writeFileSync(file("state"), "running\n");
    const domain = await virsh("vm\n").read(context, "vm");
    const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    assert.equal(domain?.state, "running");
    assert.equal(domain?.live?.xml.trim(), "<domain id='7'>vm</domain>");
    assert.deepEqual([domain?.live?.bootId, domain?.live?.processStat], [bootId, undefined]);
  });

  it("asks for the state alone with one call", async () => {
    const states = { running: "running", "in shutdown": "running", crashed: "paused", "shut off": "shut off" };
    for (const [printed, state] of Object.entries(states)) {
      writeFileSync(file("state"), `${printed}\n`);
      assert.equal(await virsh("vm\n").state(context, "vm"), state);
    }
    assert.deepEqual(new Set(calls()), new Set(["-c qemu:///system -q domstate -- vm"]));
  });

  it("uses the connection of the machine, unless the inventory has one", async () => {
    const used = async (libvirtUri?: string) => {
      const one = virsh("vm\n", libvirtUri);
      await one.state(context, "vm");
      return calls()
        .pop()
        ?.replace(/^-c (.*) -q .*$/, "$1");
    };
    assert.equal(await used(), "qemu:///system");
    process.env.LIBVIRT_DEFAULT_URI = "qemu:///session";
    assert.equal(await used(), "qemu:///session");
    assert.equal(await used("qemu:///system?mode='$HOME'"), "qemu:///system?mode='$HOME'");
  });

  it("sends XML by standard input", async () => {
    await virsh("").define(context, "vm", "<domain>'$HOME'</domain>");
    assert.equal(readFileSync(file("defined"), "utf8"), "<domain>'$HOME'</domain>");
  });

  it("quotes libvirt where it refuses, and says where there is no virsh", async () => {
    await assert.rejects(virsh("vm\n").start(context, "vm"), (error: unknown) => {
      assert.ok(error instanceof LibvirtError);
      assert.equal(error.message, "this machine: start domain vm: libvirt says: Failed to do it: not today");
      return true;
    });
    const reach = new LocalReach();
    const run: LocalReach["run"] = (script, options) => reach.run(`PATH=/nowhere\n${script}`, options);
    const without = new Virsh({ reach: Object.assign(new LocalReach(), { run }), libvirtUri: undefined });
    await assert.rejects(without.start(context, "vm"), /start domain vm: there is no program virsh; install/);
  });
});
