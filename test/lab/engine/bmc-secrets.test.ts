import { deepEqual, match, notEqual, ok } from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Sessions } from "../../../lab/bmc/sessions";
import { hostAt, sshMachine, type TestMachine } from "../../engine/support/machines";
import { type Folders, ownFolders } from "../../engine/support/own-folders";
import { startOwnSshd } from "../../engine/support/own-machine";
import { ProcessWatch } from "../../engine/support/process-watch";
import { ProgramRecorder } from "../../engine/support/program-recorder";
import { secretPlaces } from "../../engine/support/secret-places";
import { exposedIn, givenToken, randomToken, type SecretToken, secretsIn } from "../../engine/support/secret-token";
import { type AnyResource, mustEnd, Stack, secret } from "../../engine/support/stack";
import type { Sshd } from "../../support/sshd";
import { type Bench, clearBenches, startBench } from "../unit/bmc/support/bench";
import { accessTo, settingsOf } from "./support/bmc-machine";
import { type QuotingBmc, startQuotingBmc } from "./support/quoting-bmc";

/** All that the engine and its plugins can say. */
const VERBOSE = ["--logtostderr", "-v=11"];
const PROGRAMS = ["sh", "ssh", "cat", "mv", "rm", "mktemp", "mkdir", "chmod", "stat", "sync"];
const USER = "tuner";

const bios = (host: string, args: object, options: AnyResource["options"] = {}): AnyResource => ({
  type: "gpudirect:index:Bios",
  args: { host, ...args },
  options,
});

describe("the password of a BMC and the tokens of its sessions, at highest verbosity", () => {
  const password = randomToken("password of the BMC");
  const quoted = randomToken("password of the BMC that quotes it");
  const basics = [password, quoted].map(({ title, text }) => givenToken(`login with the ${title}`, `${USER}:${text}`));
  const { open } = Sessions.prototype;
  const given: string[] = [];
  let folders: Folders & { restore(): void };
  let stack: Stack;
  let sshd: Sshd;
  let bench: Bench;
  let quoting: QuotingBmc;
  let quotingMachine: TestMachine & { readonly sshd: Sshd };
  let watch: ProcessWatch;
  let places: ReturnType<typeof secretPlaces>;

  before(async () => {
    Sessions.prototype.open = function (...args) {
      const session = open.apply(this, args);
      given.push(session.token);
      return session;
    };
    bench = await startBench("ami");
    const account = { UserName: USER, Password: password.text, RoleId: "Administrator" };
    const { status, text } = await bench.admin.post("/redfish/v1/AccountService/Accounts", account);
    deepEqual([status, text.includes(password.text)], [201, false]);
    quoting = await startQuotingBmc(USER, quoted.text);
    folders = await ownFolders();
    for (const name of ["here", "there"]) mkdirSync(join(folders.root, name));
    const here = new ProgramRecorder(join(folders.root, "here"), PROGRAMS);
    const there = new ProgramRecorder(join(folders.root, "there"), PROGRAMS);
    stack = new Stack();
    sshd = await startOwnSshd(folders, [there.folder], ["LogLevel DEBUG3"]);
    // Another machine has records of its own, in a place that is searched too.
    const records = join(folders.records, "quoting");
    quotingMachine = await sshMachine("quoting", { GPUDIRECT_STATE_DIRECTORY: records });
    await stack.init();
    stack.firstOnPath = here.folder;
    const access = { ...accessTo(bench), user: USER, password: secret(password.text) };
    const other = { address: quoting.address, user: USER, password: secret(quoted.text) };
    await stack.configure({
      "gpudirect:hosts": {
        node7: { ...hostAt(sshd), bmc: access },
        quoting: { ...hostAt(quotingMachine.sshd), bmc: other },
      },
      [`${stack.project}:planted`]: secret(basics[0]?.text),
    });
    watch = new ProcessWatch(folders.tmp);
    places = secretPlaces({ stack, folders, watch, here, there, sshd });
  });
  after(async () => {
    Sessions.prototype.open = open;
    await watch.stop();
    await stack.discard();
    await sshd.stop();
    await quotingMachine.close();
    await quoting.close();
    await clearBenches();
    folders.restore();
  });

  const tokens = (): SecretToken[] => [
    password,
    quoted,
    ...basics,
    ...[...given, ...quoting.tokens].map((token, number) => givenToken(`token of session ${number + 1}`, token)),
  ];

  /** Fails with each place that has a secret, and which. */
  function nothingShows(): void {
    const all = tokens();
    const found = Object.entries(places)
      .map(([place, read]) => [place, exposedIn(read(), all)] as const)
      .filter(([, secrets]) => secrets.length > 0);
    deepEqual(Object.fromEntries(found), {});
  }

  it("are nowhere after a preview, an up and a refresh", async () => {
    stack.resources({ bios: bios("node7", { intents: { sriov: false } }) });
    mustEnd(await stack.preview("--diff", ...VERBOSE));
    await stack.mustUp("--diff", ...VERBOSE);
    mustEnd(await stack.refresh(...VERBOSE));
    deepEqual(settingsOf(bench).next.PCIS007, "PCIS007Disabled");
    ok(given.length >= 3, "each command had a session of its own");
    nothingShows();
  });

  it("are nowhere after errors of a BMC that quotes them", async () => {
    stack.resources({
      bios: bios("node7", { intents: { sriov: false } }),
      quoting: bios("quoting", { intents: {}, attributes: { Mode: "fast" } }),
    });
    const written = await stack.up("--diff", ...VERBOSE);
    notEqual(written.code, 0);
    match(written.text, /quoting: write BIOS settings: [^\n]*Mode was not written for \[secret\]/);
    ok(quoting.tokens.length > 0);
    quoting.letsIn = false;
    const login = await stack.up("--diff", ...VERBOSE);
    notEqual(login.code, 0);
    match(login.text, /did not let in the user tuner[^\n]*Mode was not written for "?\[secret\]/);
    nothingShows();
  });

  it("are nowhere after a destroy and an import", async () => {
    quoting.letsIn = true;
    stack.resources({ bios: bios("node7", { intents: { sriov: false } }) });
    mustEnd(await stack.destroy(...VERBOSE));
    deepEqual(settingsOf(bench).next.PCIS007, "PCIS007Enabled");
    const args = ["gpudirect:index:Bios", "bios", "node7/bios/system", "--yes", "--skip-preview"];
    mustEnd(await stack.start("import", ...args, "--generate-code=false", "--protect=false", ...VERBOSE).ended);
    mustEnd(await stack.destroy(...VERBOSE));
    nothingShows();
  });

  it("would have been found in files, in what was printed and in scripts, in each of these forms", async () => {
    const [text = "", token = ""] = [basics[0]?.text, given[0]];
    const forms = [token, text, Buffer.from(text).toString("base64"), encodeURIComponent(password.text)];
    const files = [
      ["the backend", join(stack.folder, "state", "planted")],
      ["PULUMI_HOME", join(stack.folder, "home", "planted")],
      ["the records", join(folders.records, "planted")],
      ["temporary files at the end", join(folders.tmp, "planted")],
    ] as const;
    for (const [place, file] of files) {
      writeFileSync(file, forms.join("\n"));
      const found = secretsIn(places[place]?.() ?? "", tokens());
      for (const form of [
        "token of session 1 (whole, plain)",
        "login with the password of the BMC (whole, plain)",
        "login with the password of the BMC (whole, base64 at 0)",
        "password of the BMC (whole, URL)",
      ]) {
        ok(found.includes(form), `${form} in ${place}: ${found}`);
      }
      rmSync(file);
    }
    mustEnd(await stack.start("config", "get", "planted").ended);
    const printed = secretsIn(places["what the CLI printed"]?.() ?? "", tokens());
    ok(printed.includes("password of the BMC (whole, plain)"), String(printed));
  });
});
