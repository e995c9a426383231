import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { domainSubject, type Subject, settingsSubject } from "../engine/support/kill-subjects";
import { type Folders, leftInTmp, ownFolders } from "../engine/support/own-folders";
import { allEnded, attach, startOwnSshd } from "../engine/support/own-machine";
import { SshShim } from "../engine/support/ssh-shim";
import { mustEnd, Stack } from "../engine/support/stack";
import { type Deployment, nameOf, type StateResource } from "../engine/support/state";
import { until } from "../engine/support/until";
import type { Sshd } from "../support/sshd";

/** The lock of the machine that everything that writes to it holds (provider/reach/lock-script.ts). */
const LOCK = "/run/lock/gpudirect-machine.lock";

/** Time for one kind of kill at every command, on a busy machine. */
const ROUNDS_MS = 1_200_000;

type Variant = Parameters<Subject["resource"]>[0];

const subjects: Record<string, (stack: Stack, folders: Folders) => Subject> = {
  "settings over ssh": (_, folders) => settingsSubject(folders),
  "a domain over ssh": (stack) => domainSubject(stack),
};

for (const [title, make] of Object.entries(subjects)) {
  describe(`killed at each command: ${title}`, () => {
    let folders: Awaited<ReturnType<typeof ownFolders>>;
    let stack: Stack;
    let sshd: Sshd;
    let shim: SshShim;
    let subject: Subject;
    /** How many commands an update to a variant sends from its beginning to its end. */
    const count = { create: 0, first: 0, second: 0 };
    /** What the machine has before there is anything of the stack, and after uninterrupted updates. */
    const facts: { before?: unknown; first?: unknown; second?: unknown } = {};

    before(async () => {
      folders = await ownFolders();
      stack = new Stack({ testProvider: true });
      sshd = await startOwnSshd(folders);
      shim = new SshShim(folders.root);
      await stack.init();
      await attach(stack, sshd);
      stack.firstOnPath = shim.folder;
      subject = make(stack, folders);
      facts.before = subject.facts();
    });
    after(async () => {
      await shim.kill();
      await stack.discard();
      await sshd.stop();
      folders.restore();
    });

    const program = (variant: Variant) => stack.resources({ it: subject.resource(variant) });

    /** An update that nothing interrupts; gives the number of its commands. */
    async function uninterrupted(variant: Variant): Promise<number> {
      program(variant);
      shim.clear();
      await stack.mustUp();
      equal(shim.ended(), shim.commands().length);
      return shim.ended();
    }

    /** Starts an update, and kills engine and plugin where the n-th command is held. */
    async function killedUp(variant: Variant, when: "before" | "after", number: number): Promise<void> {
      program(variant);
      shim.clear();
      shim.holdAt(when, number);
      const up = stack.start("up", "--yes", "--skip-preview");
      let ended = false;
      void up.ended.then(() => {
        ended = true;
      });
      await until(`command ${number} is held, or all ended`, () => shim.holds() || ended);
      ok(shim.holds(), `the update has ended before ${when} its command ${number}`);
      await up.kill();
      await shim.kill();
    }

    /** What the user does next: the end must be that of an update which nothing has interrupted. */
    async function converges(variant: Variant): Promise<void> {
      const identity = subject.identity();
      // The backend's lock has lost its owner; where the engine had just ended, there is none.
      await stack.start("cancel", "--yes").ended;
      await stack.mustUp();
      deepEqual(subject.facts(), facts[variant]);
      if (identity !== undefined) equal(subject.identity(), identity);
      const owner = subject.owner();
      const resource = inState(stack, "it");
      equal(owner?.stack, stack.fullName);
      equal(owner?.urn, resource?.urn);
      notEqual(owner?.claim, undefined);
      equal(owner?.claim, resource?.outputs?.__claim);
      await stack.mustBeSettled();
      await nothingLeft();
    }

    async function nothingLeft(): Promise<void> {
      await allEnded(folders);
      deepEqual(leftInTmp(folders), []);
      // Other tests on this machine may hold it for a while; a lock that was left behind never ends.
      await until("the machine's lock is free", () => spawnSync("flock", ["-n", LOCK, "true"]).status === 0, 120);
    }

    /** Goes on to the next round, saying which one failed. */
    async function round(title: string, work: () => Promise<void>): Promise<void> {
      try {
        await work();
      } catch (error) {
        if (error instanceof Error) error.message = `${title}: ${error.message}\n${shim.commands().join("\n---\n")}`;
        throw error;
      }
    }

    async function destroyed(): Promise<void> {
      mustEnd(await stack.destroy());
      deepEqual(subject.owner(), undefined);
      deepEqual(restored(subject.facts()), restored(facts.before));
      await nothingLeft();
    }

    it("counts the commands of updates that nothing interrupts", async () => {
      count.create = await uninterrupted("first");
      facts.first = subject.facts();
      count.second = await uninterrupted("second");
      facts.second = subject.facts();
      count.first = await uninterrupted("first");
      deepEqual(subject.facts(), facts.first);
      for (const number of Object.values(count)) ok(number > 3, JSON.stringify(count));
      await destroyed();
    });

    it("converges after a kill at the end of each command of a create, which a destroy then undoes", async () => {
      for (let number = 1; number <= count.create; number += 1) {
        await round(`after command ${number} of ${count.create}`, async () => {
          await killedUp("first", "after", number);
          await converges("first");
          await destroyed();
        });
      }
    }).timeout(ROUNDS_MS);

    it("converges after a kill before the first command was sent", async () => {
      await killedUp("first", "before", 1);
      await converges("first");
    });

    it("converges after a kill at the end of each command of an update, there and back", async () => {
      for (let number = 1; number <= Math.max(count.first, count.second); number += 1) {
        for (const variant of ["second", "first"] as const) {
          await round(`after command ${number} of ${count[variant]} to the ${variant}`, async () => {
            if (number > count[variant]) return void (await uninterrupted(variant));
            await killedUp(variant, "after", number);
            await converges(variant);
          });
        }
      }
    }).timeout(ROUNDS_MS);

    it("has then still what was there before the first create, which a destroy brings back", destroyed);
  });
}

/** A resource as the backend keeps it: many rounds, and the CLI takes a second to print it. */
function inState({ folder, project, stack }: Stack, name: string): StateResource | undefined {
  const text = readFileSync(join(folder, "state", ".pulumi", "stacks", project, `${stack}.json`), "utf8");
  const { checkpoint } = JSON.parse(text) as { checkpoint: { latest: Deployment } };
  return checkpoint.latest.resources?.find(({ urn }) => nameOf(urn) === name);
}

/** Facts without what stays on a machine after the last thing is gone: empty folders, and the file that counts writes. */
function restored(facts: unknown): unknown {
  if (typeof facts !== "object" || facts === null || !("files" in facts)) return facts;
  return { ...facts, files: (facts.files as string[]).filter((name) => name.endsWith(".json")) };
}
