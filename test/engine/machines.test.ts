import { deepEqual, doesNotMatch, equal, match, notEqual, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Sshd, startSshd } from "../support/sshd";
import { hostAt, sshAccess } from "./support/machines";
import { resourceOf } from "./support/sample";
import { settingsFile, settingsSample } from "./support/settings-sample";
import { mustEnd, output, Stack, type Step, secret } from "./support/stack";
import { nameOf } from "./support/state";
import { until } from "./support/until";

const TYPE = settingsSample.type;
/** Nothing listens there: IANA's discard port, at an address of this machine that no server of the tests uses. */
const DEAD = { ssh: { address: "127.0.0.9", port: 9, connectTimeoutSeconds: 5 } };

const logsInByPassword = ({ address, port, user, password, hostKey }: Sshd) => ({
  ssh: { address, port, user, sudo: false, hostKeys: [hostKey], password: secret(password) },
});

/** Paths of each update that a plan has, by resource. */
const plannedPaths = (steps: readonly Step[]): Record<string, string[]> =>
  Object.fromEntries(
    steps
      .filter(({ op, urn }) => !["same", "refresh"].includes(op) && !urn.includes("pulumi:pulumi:Stack"))
      .map(({ op, urn, detailedDiff }) => {
        if (op !== "update") throw new Error(`the plan has ${op} of ${urn}`);
        return [nameOf(urn), Object.keys(detailedDiff ?? {}).sort()];
      }),
  );

describe("machines over ssh", () => {
  const stack = new Stack({ testProvider: true });
  let first: Sshd;
  let second: Sshd;
  before(async () => {
    [first, second] = await Promise.all([startSshd(), startSshd()]);
    await stack.init();
  });
  after(async () => {
    await stack.discard();
    await Promise.all([first.stop(), second.stop()]);
  });

  it("whose address changes in the configuration are not written to", async () => {
    const thing = settingsFile(stack, "node7", "configured");
    await stack.configure({ "test:hosts": { node7: hostAt(first) } });
    stack.resources({ it: resourceOf(settingsSample, thing.args) });
    await stack.mustUp();
    const made = thing.lastWrite();
    equal(second.logins(), 0);

    await first.stop();
    await stack.configure({ "test:hosts": { node7: logsInByPassword(second) } });
    // The engine looks at the machine where it was, and plans to look again where it is.
    deepEqual(plannedPaths(await stack.steps()), { it: [] });
    await stack.mustUp();
    equal(thing.lastWrite(), made);
    ok(second.logins() > 0);
    await stack.mustBeSettled();
    match(await stack.exported("--show-secrets"), new RegExp(`port\\W+${second.port}\\b`));
    ok(!(await stack.exported()).includes(second.password));
  });

  it("whose key is withdrawn, and a password given in `connection`, show that in place and are not written to", async () => {
    const thing = settingsFile(stack, "node8", "connected");
    const program = (connection: object) =>
      stack.resources({ it: resourceOf(settingsSample, { ...thing.args, connection }) });
    program({ ssh: sshAccess(second) });
    await stack.mustUp();
    const made = thing.lastWrite();

    writeFileSync(join(second.dir, "client.pub"), "");
    program(logsInByPassword(second));
    const { text } = mustEnd(await stack.preview());
    match(text, /node8: .*check user, key and password/);
    deepEqual(plannedPaths(await stack.steps()), { it: ["connection.ssh.password", "connection.ssh.privateKey"] });
    await stack.mustUp();
    equal(thing.lastWrite(), made);
    await stack.mustBeSettled();
    ok(!stack.said.replace(/.*"plaintext".*/g, "").includes(second.password));
  });

  it("may be made in the same stack: their address is not known at preview", async () => {
    const made = settingsFile(stack, "local", "maker");
    const thing = settingsFile(stack, "vm", "inside");
    const connection = logsInByPassword(second);
    stack.resources(
      {
        maker: resourceOf(settingsSample, { ...made.args, owner: second.address, labels: {} }),
        inside: resourceOf(settingsSample, {
          ...thing.args,
          connection: { ssh: { ...connection.ssh, address: output("maker", "serial") } },
        }),
      },
      { serial: output("inside", "serial"), size: output("inside", "size") },
    );
    const { text } = mustEnd(await stack.preview("--diff"));
    match(text, /serial *: \[unknown\]/);
    match(text, /size *: 4/);
    doesNotMatch(text, /warning/);
  });
});

describe("a machine that is dead", () => {
  const stack = new Stack({ testProvider: true });
  let sshd: Sshd;
  const here = settingsFile(stack, "local", "here");
  const there = settingsFile(stack, "node7", "there");
  before(async () => {
    sshd = await startSshd();
    await stack.init();
    await stack.configure({ "test:hosts": { node7: hostAt(sshd), dead: DEAD } });
  });
  after(async () => {
    await stack.discard();
    await sshd.stop();
  });

  it("is a warning at the preview of a create, whose outputs are unknown", async () => {
    const thing = settingsFile(stack, "dead", "it");
    stack.resources({ it: resourceOf(settingsSample, thing.args) }, { serial: output("it", "serial") });
    const { text } = mustEnd(await stack.preview("--diff"));
    match(text, /warning: dead: .*could not be reached by ssh[\s\S]*outputs are shown as unknown/);
    match(text, /serial *: \[unknown\]/);
  });

  it("does not keep --continue-on-error from the others, and is named with what failed", async () => {
    const lost = settingsFile(stack, "dead", "it");
    stack.resources({
      lost: resourceOf(settingsSample, lost.args),
      here: resourceOf(settingsSample, here.args),
      there: resourceOf(settingsSample, there.args),
    });
    const { code, text } = await stack.up("--continue-on-error");
    notEqual(code, 0);
    match(text, /dead: .*: it could not be reached by ssh; check address and port/);
    for (const thing of [here, there]) deepEqual(thing.facts(), thing.expected(thing.args));
    equal(lost.snapshot(), undefined);
    equal(await stack.resource("lost"), undefined);
  });

  it("keeps in state what is on it, says that it was not reached, and does not keep the others from their update", async () => {
    stack.resources({
      here: resourceOf(settingsSample, { ...here.args, size: 5 }),
      there: resourceOf(settingsSample, there.args),
    });
    await sshd.stop();
    const dead = /node7: .*: it could not be reached by ssh/;
    for (const command of [stack.preview, stack.refresh]) {
      const { text } = await command();
      match(text, dead);
      equal((await stack.resource("there"))?.id, there.id);
    }
    const { code, text } = await stack.up("--continue-on-error");
    notEqual(code, 0);
    match(text, dead);
    deepEqual(here.facts(), here.expected({ ...here.args, size: 5 }));
    deepEqual(there.facts(), there.expected(there.args));
    equal((await stack.resource("there"))?.id, there.id);
    notEqual((await stack.preview("--expect-no-changes")).code, 0);

    // What is to be deleted there stays in state, too.
    stack.resources({ here: resourceOf(settingsSample, { ...here.args, size: 5 }) });
    const removal = await stack.up("--continue-on-error");
    notEqual(removal.code, 0);
    match(removal.text, dead);
    equal((await stack.resource("there"))?.id, there.id);
  });
});

describe("a targeted up", () => {
  const stack = new Stack({ testProvider: true });
  before(() => stack.init());
  after(() => stack.discard());

  it("touches its target alone", async () => {
    const [one, other] = ["one", "other"].map((name) => settingsFile(stack, "local", name));
    ok(one && other);
    const program = (size: number) =>
      stack.resources({
        one: resourceOf(settingsSample, { ...one.args, size }),
        other: resourceOf(settingsSample, { ...other.args, size }),
      });
    program(4);
    await stack.mustUp();
    const last = other.lastWrite();
    program(8);
    await stack.mustUp("--target", `urn:pulumi:${stack.stack}::${stack.project}::${TYPE}::one`);
    deepEqual(one.facts(), one.expected({ ...one.args, size: 8 }));
    equal(other.lastWrite(), last);
    await stack.mustUp();
    deepEqual(other.facts(), other.expected({ ...other.args, size: 8 }));
  });
});

describe("two stacks on one machine", () => {
  const stack = new Stack({ testProvider: true });
  const other = stack.sibling("prod");
  before(async () => {
    await stack.init();
    await other.init();
  });
  after(async () => {
    await stack.discard();
    await other.discard();
  });

  for (const how of ["interrupt", "kill"] as const) {
    it(`wait for each other, by name, until the one ends (${how})`, async () => {
      const held = settingsFile(stack, "local", `held-${how}`);
      const waiting = settingsFile(other, "local", `waiting-${how}`);
      stack.resources({ [how]: resourceOf(settingsSample, { ...held.args, mode: "hang" }) });
      other.resources({ [how]: resourceOf(settingsSample, waiting.args) });
      const holder = stack.start("up", "--yes", "--skip-preview");
      await until("the first one writes", () => held.snapshot() !== undefined);
      const waiter = other.start("up", "--yes", "--skip-preview");
      await until("the other one waits", () =>
        waiter.said.includes(`waiting for stack ${stack.fullName} to finish on local`),
      );
      equal(waiting.snapshot(), undefined);
      equal(waiting.ownership(), undefined);
      holder[how]();
      await holder.ended;
      mustEnd(await waiter.ended);
      deepEqual(waiting.facts(), waiting.expected(waiting.args));
      await stack.start("cancel", "--yes").ended;
    });
  }

  it("let a third take over what it is told to, with what was there before", async () => {
    const third = stack.sibling("next");
    try {
      await third.init();
      const thing = settingsFile(stack, "local", "handed-over");
      thing.prepare();
      const original = thing.snapshot();
      stack.resources({ it: resourceOf(settingsSample, thing.args) });
      await stack.mustUp();
      const written = thing.snapshot();

      third.resources({ it: resourceOf(settingsSample, thing.args) });
      await third.configure({ "test:takeOverFrom": [stack.fullName] });
      await third.mustUp();
      deepEqual(thing.snapshot(), written);
      match(thing.ownership() ?? "", new RegExp(`"${third.fullName}"`));

      stack.resources({});
      const { text } = await stack.mustUp();
      match(text, new RegExp(`${thing.id} is left as it is: it now belongs to .* of stack ${third.fullName}`));
      deepEqual(thing.snapshot(), written);
      third.resources({});
      await third.mustUp();
      deepEqual(thing.snapshot(), original);
    } finally {
      await third.discard();
    }
  });
});
