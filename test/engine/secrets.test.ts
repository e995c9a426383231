import { deepEqual, match, notEqual, ok } from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sshd } from "../support/sshd";
import { hostAt } from "./support/machines";
import { type Folders, ownFolders } from "./support/own-folders";
import { startOwnSshd } from "./support/own-machine";
import { ProcessWatch } from "./support/process-watch";
import { ProgramRecorder } from "./support/program-recorder";
import { filesBelow, type Places } from "./support/searched-places";
import { secretPlaces } from "./support/secret-places";
import { exposedIn, keyTokens, randomToken, type SecretToken, secretsIn } from "./support/secret-token";
import { mustEnd, Stack, secret } from "./support/stack";
import { until } from "./support/until";

/** All that the engine and its plugins can say. */
const VERBOSE = ["--logtostderr", "-v=11"];
/** What the plugin starts here, and its commands on a machine. */
const PROGRAMS = ["sh", "ssh", "ssh-add", "ssh-agent", "cat", "mv", "rm", "mktemp", "mkdir", "chmod", "stat", "sync"];

describe("secrets at highest verbosity", () => {
  const tokens = {
    sshPassword: randomToken("ssh password"),
    withConnection: randomToken("password of a resource with a connection"),
    bmcPassword: randomToken("BMC password"),
    keyComment: randomToken("comment of the private key"),
    before: randomToken("password that was on the machine before"),
    program: randomToken("password by program"),
    config: randomToken("password by configuration"),
    updated: randomToken("password of the update"),
    rejected: randomToken("password that the machine rejects"),
  };
  /** Is in every place on purpose: the search must find it there. */
  const planted = randomToken("planted");
  const all: SecretToken[] = [...Object.values(tokens)];
  let folders: Awaited<ReturnType<typeof ownFolders>>;
  let stack: Stack;
  let sshd: Sshd;
  let watch: ProcessWatch;
  let here: ProgramRecorder;
  let there: ProgramRecorder;
  let places: Places;

  before(async () => {
    folders = await ownFolders();
    for (const name of ["here", "there", "machine", "given"]) mkdirSync(join(folders.root, name));
    here = new ProgramRecorder(join(folders.root, "here"), PROGRAMS);
    there = new ProgramRecorder(join(folders.root, "there"), PROGRAMS);
    stack = new Stack({ testProvider: true });
    sshd = await startOwnSshd(folders, [there.folder], ["LogLevel DEBUG3"]);
    const key = keyWithComment(folders, sshd, tokens.keyComment.text);
    all.push(...keyTokens("private key", key));
    await stack.init();
    await configure(key);
    stack.firstOnPath = here.folder;
    // What was there before is the user's own until the first write.
    for (const name of ["program", "config", "connection"]) {
      writeFileSync(settings(name), JSON.stringify({ size: 9, password: tokens.before.text }));
    }
    watch = new ProcessWatch(folders.tmp);
    const machine = () => filesBelow(join(folders.root, "machine"), (path) => path.endsWith(".json"));
    places = {
      ...secretPlaces({ stack, folders, watch, here, there, sshd }),
      // Their very content is the password, by definition.
      "the machine but the settings themselves": machine,
    };
  });
  after(async () => {
    await watch.stop();
    await stack.discard();
    await sshd.stop();
    folders.restore();
  });

  const settings = (name: string) => join(folders.root, "machine", `${name}.json`);

  /** The configuration has a machine by key, with its BMC, one by password, and a password for the program. */
  async function configure(privateKey: string): Promise<void> {
    setPassword(sshd, tokens.sshPassword.text);
    const { ssh, ...rest } = hostAt(sshd);
    const { privateKey: _, ...login } = ssh;
    const bmc = { address: "https://127.0.0.1:1", user: "admin", password: secret(tokens.bmcPassword.text) };
    await stack.configure({
      "test:hosts": {
        bykey: { ssh: { ...login, privateKey: secret(privateKey) }, bmc, ...rest },
        bypassword: { ssh: { ...login, password: secret(tokens.sshPassword.text) }, ...rest },
      },
      [`${stack.project}:password`]: secret(tokens.config.text),
      [`${stack.project}:planted`]: secret(planted.text),
    });
  }

  /** The program, which reads its secrets from files that only it reads: its text holds none. */
  function program(given: Record<"program" | "connection", SecretToken>, mode: string, size: number): void {
    const path = (name: string) => join(folders.root, "given", name);
    for (const [name, { text }] of Object.entries(given)) writeFileSync(path(name), text);
    writeFileSync(path("ssh"), tokens.sshPassword.text);
    const { privateKey, ...login } = hostAt(sshd).ssh;
    stack.program(`
const read = (name) => pulumi.secret(require("fs").readFileSync(${JSON.stringify(folders.root)} + "/given/" + name, "utf8"));
const settings = (name, host, password, more) =>
  new pulumi.CustomResource("test:index:Settings", name, {
    host, file: ${JSON.stringify(folders.root)} + "/machine/" + name + ".json", size: ${size}, password, mode: ${JSON.stringify(mode)}, ...more,
  });
const connection = { ssh: { ...${JSON.stringify(login)}, password: read("ssh") } };
settings("program", "bykey", read("program"));
settings("config", "bypassword", new pulumi.Config().requireSecret("password"));
settings("connection", "byconnection", read("connection"), { connection });
`);
  }

  /** Fails with each place that has a secret, and which. */
  function nothingShows(): void {
    const found = Object.entries(places)
      .map(([place, read]) => [place, exposedIn(read(), all)] as const)
      .filter(([, secrets]) => secrets.length > 0);
    deepEqual(Object.fromEntries(found), {});
  }

  const onMachine = (name: string) => JSON.parse(readFileSync(settings(name), "utf8")).password;

  it("are nowhere after a preview and a create", async () => {
    program({ program: tokens.program, connection: tokens.withConnection }, "plain", 4);
    mustEnd(await stack.preview("--diff", ...VERBOSE));
    await stack.mustUp("--diff", ...VERBOSE);
    deepEqual(["program", "config", "connection"].map(onMachine), [
      tokens.program.text,
      tokens.config.text,
      tokens.withConnection.text,
    ]);
    nothingShows();
  });

  it("are nowhere after an update", async () => {
    program({ program: tokens.updated, connection: tokens.withConnection }, "plain", 5);
    mustEnd(await stack.preview("--diff", ...VERBOSE));
    await stack.mustUp("--diff", ...VERBOSE);
    deepEqual(onMachine("program"), tokens.updated.text);
    nothingShows();
  });

  it("are nowhere after an update whose error quotes one", async () => {
    program({ program: tokens.rejected, connection: tokens.withConnection }, "reject", 6);
    const { code, text } = await stack.up("--diff", ...VERBOSE);
    notEqual(code, 0);
    match(text, /the machine rejects it: \[secret\]/);
    nothingShows();
  });

  it("are nowhere after a refresh, a preview, an import and a destroy", async () => {
    mustEnd(await stack.refresh(...VERBOSE));
    program({ program: tokens.rejected, connection: tokens.withConnection }, "plain", 7);
    mustEnd(await stack.preview("--diff", ...VERBOSE));
    mustEnd(await stack.preview("--json", "--refresh", ...VERBOSE));
    mustEnd(await stack.destroy(...VERBOSE));
    deepEqual(["program", "config", "connection"].map(onMachine), Array(3).fill(tokens.before.text));
    const args = ["test:index:Settings", "config", `bypassword/settings/${settings("config")}`];
    const options = ["--yes", "--skip-preview", "--generate-code=false", "--protect=false"];
    mustEnd(await stack.start("import", ...args, ...options, ...VERBOSE).ended);
    mustEnd(await stack.destroy(...VERBOSE));
    nothingShows();
  });

  it("would have been found in each of these places, in each of these forms", async () => {
    const forms = [planted.text, Buffer.from(planted.text).toString("base64"), encodeURIComponent(planted.text)];
    const written = join(folders.tmp, "planted");
    for (const file of ["state/planted", "home/planted"]) writeFileSync(join(stack.folder, file), forms.join("\n"));
    for (const folder of [folders.records, join(folders.root, "machine")]) {
      writeFileSync(join(folder, "planted"), forms.join("\n"));
    }
    mkdirSync(written);
    writeFileSync(join(written, "file"), forms.join("\n"));
    await plantInPrograms(forms);
    mustEnd(await stack.start("config", "get", "planted").ended);
    await plantInLog([planted.core, ...forms.slice(1)]);
    const { "the lock's holder": _, "what the CLI printed": said, ...others } = places;
    for (const [place, read] of Object.entries(others)) {
      const found = secretsIn(read(), [planted]);
      for (const form of [
        place === "the log of sshd" ? "random part, plain" : "whole, plain",
        "whole, base64 at 0",
        "whole, URL",
      ]) {
        ok(found.includes(`planted (${form})`), `${form} in ${place}: ${found}`);
      }
    }
    ok(secretsIn(said?.() ?? "", [planted]).includes("planted (whole, plain)"));
    rmSync(written, { recursive: true });
  });

  /** Logs in by texts as names of users, which sshd does not know and tells its log. ssh takes no name with blanks. */
  async function plantInLog(names: string[]): Promise<void> {
    const unknown = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes"];
    const options = unknown.flatMap((option) => ["-o", option]);
    for (const name of names) {
      spawnSync("ssh", ["-F", "/dev/null", ...options, "-p", String(sshd.port), "-l", name, sshd.address, "true"]);
      await until(`sshd logs ${name}`, () => sshd.log().includes(name));
    }
  }

  /** Calls programs as the plugin and as the machine do, with texts among arguments, in the environment and as script. */
  async function plantInPrograms(forms: string[]): Promise<void> {
    const quoted = forms.map((form) => `'${form}'`).join(" ");
    for (const { folder } of [here, there]) {
      const { rounds } = watch;
      const env = { ...process.env, PLANTED: forms.join("\n") };
      execFileSync(join(folder, "sh"), ["-s"], { input: `: ${quoted}`, env });
      const child = spawn(join(folder, "sh"), ["-c", "cat", "sh", ...forms], {
        env,
        stdio: ["pipe", "ignore", "ignore"],
      });
      // The process is there for whole rounds of the watch.
      await until("the watch has looked", () => watch.rounds > rounds + 5);
      child.stdin.end();
    }
  }
});

/** A key that may log in as well, whose comment is a text. */
function keyWithComment({ root }: Folders, { dir }: Sshd, comment: string): string {
  const file = join(root, "given", "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
  // sshd is told the key alone.
  const [type, key] = readFileSync(`${file}.pub`, "utf8").split(" ");
  appendFileSync(join(dir, "client.pub"), `${type} ${key}\n`);
  return readFileSync(file, "utf8");
}

/** Gives the server's user another password; nss_wrapper reads the file anew when it has changed. */
function setPassword({ dir, user }: Sshd, password: string): void {
  const file = join(dir, "passwd");
  const hash = execFileSync("openssl", ["passwd", "-6", "-stdin"], { input: password }).toString().trim();
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(new RegExp(`^${user}:[^:]*`), () => `${user}:${hash}`),
  );
}
