import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { writeSshConfig } from "../../../../lab/client/ssh";
import { hostDirectory, labDirectory } from "../../../../lab/host/host-directory";
import { readSpec } from "../../../../lab/host/host-spec";
import { keeperArguments } from "../../../../lab/keeper/command-line";
import { newLabFolder, removeLabFolder } from "./support/lab-folder";
import { makeSmallHost } from "./support/small-host";

describe("files of a lab host", () => {
  let folder: string;
  const caller = process.env.GPUDIRECT_LAB_CALLER;

  beforeEach(() => {
    folder = newLabFolder();
  });

  afterEach(() => {
    removeLabFolder();
    if (caller === undefined) delete process.env.GPUDIRECT_LAB_CALLER;
    else process.env.GPUDIRECT_LAB_CALLER = caller;
  });

  it("lie where the user says, seen from where the command was typed", () => {
    assert.equal(labDirectory(), folder);
    process.env.GPUDIRECT_LAB_CALLER = "/somewhere/else";
    process.env.GPUDIRECT_LAB_DIRECTORY = "my-lab";
    assert.equal(labDirectory(), "/somewhere/else/my-lab");
    delete process.env.GPUDIRECT_LAB_DIRECTORY;
    const { XDG_STATE_HOME } = process.env;
    assert.equal(labDirectory(), join(XDG_STATE_HOME || join(homedir(), ".local", "state"), "pulumi-gpudirect", "lab"));
  });

  it("refuse names and folders that cannot be", () => {
    for (const name of ["", "A", "1a", "-x", "a/b", "..", "a b", "a,b", `a${"b".repeat(31)}`]) {
      assert.throws(() => hostDirectory(name), /^Refusal: name: .* is no name for a lab host: begin with a letter/);
    }
    assert.equal(hostDirectory(`a${"b".repeat(30)}`).path, join(folder, `a${"b".repeat(30)}`));
    process.env.GPUDIRECT_LAB_DIRECTORY = `/${"d".repeat(100)}`;
    assert.throws(() => hostDirectory("a"), /^Refusal: GPUDIRECT_LAB_DIRECTORY: .* too long a path for sockets/);
  });

  it("say what is damaged of a specification", async () => {
    const { spec } = await makeSmallHost();
    const text = readFileSync(spec, "utf8");
    assert.equal(readSpec(spec).name, "small");
    for (const [damaged, what] of [
      [text.slice(0, 100), "no JSON"],
      ["[]", "no JSON"],
      [JSON.stringify({ ...JSON.parse(text), sshPort: "22" }), "sshPort: "],
    ] as const) {
      writeFileSync(spec, damaged);
      assert.throws(
        () => readSpec(spec),
        (error: Error) =>
          error.message.includes(`host.json: is damaged (${what}`) && /"npm run lab -- down"/.test(error.message),
      );
    }
  });

  it("are named to ssh so that blanks and percent signs are part of a path", () => {
    process.env.GPUDIRECT_LAB_DIRECTORY = folder;
    const directory = hostDirectory("small");
    const odd = {
      ...directory,
      sshKey: "/a b/100%/key",
      sshConfig: join(folder, "config"),
      knownHosts: join(folder, "known"),
    };
    writeSshConfig(odd, "small", 2222, "ssh-ed25519 AAAA");
    assert.match(readFileSync(odd.sshConfig, "utf8"), /^ {2}IdentityFile "\/a b\/100%%\/key"$/m);
    assert.equal(readFileSync(odd.knownHosts, "utf8"), "[127.0.0.1]:2222 ssh-ed25519 AAAA\n");
  });

  it("are given to QEMU by name, commas doubled, keys by file", async () => {
    process.env.GPUDIRECT_LAB_DIRECTORY = `${folder}/a,b`;
    const directory = await makeSmallHost();
    const read = readSpec(directory.spec);
    const spec = { ...read, topology: { ...read.topology, vendor: "Acme, Inc." } };
    const choices = { sshForward: 2200, bootFrom: "None", hang: false } as const;
    const args = keeperArguments(spec, directory, choices);
    const line = args.join(" ");
    assert.ok(line.includes(`file=${folder}/a,,b/small/disk.qcow2,format=qcow2`));
    assert.ok(line.includes("manufacturer=Acme,, Inc."));
    assert.ok(line.includes("hostfwd=tcp:127.0.0.1:2200-:22"));
    assert.ok(!line.includes(readFileSync(directory.sshHostKey, "utf8").trim()));
    assert.ok(line.includes(`ssh_host_ed25519_key,file=${folder}/a,,b/small/ssh/host_ed25519_key`));
    assert.ok(line.includes("drive=disk,bus=pcie.0,addr=0x3,bootindex=0"));
    assert.ok(!args.includes("-S") && !args.includes("-loadvm"));
    const other = keeperArguments(spec, directory, { ...choices, bootFrom: "Pxe", hang: true, snapshot: "one" });
    assert.ok(!other.join(" ").includes("bootindex"));
    assert.ok(other.includes("-S"));
    assert.deepEqual(other.slice(-2), ["-loadvm", "one"]);
  });
});
