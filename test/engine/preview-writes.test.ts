import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { domainsOf, lastTaken, treeOf } from "./support/machine-tree";
import { type Folders, ownFolders } from "./support/own-folders";
import { type WatchedMachine, watchedLocal, watchedSsh } from "./support/preview-machines";
import type { AnyResource, Options } from "./support/program";
import { smallDomain } from "./support/settings";
import { Stack } from "./support/stack";
import { define } from "./support/virsh";
import { isWriting } from "./support/writing-commands";

const machines = { "this machine": watchedLocal, "a machine over ssh": watchedSsh };

for (const [title, start] of Object.entries(machines)) {
  describe(`previews write nothing: ${title}`, () => {
    let folders: Awaited<ReturnType<typeof ownFolders>>;
    let stack: Stack;
    let machine: WatchedMachine;
    let folder: string;

    before(async () => {
      folders = await ownFolders();
      folder = join(folders.root, "machine");
      mkdirSync(folder);
      stack = new Stack({ testProvider: true });
      await stack.init();
      machine = await start(stack, folders);
    });
    after(async () => {
      await stack.discard();
      await machine.close();
      folders.restore();
    });

    const file = (name: string) => join(folder, `${name}.json`);
    const settings = (name: string, size: number, options: Options = {}): AnyResource => ({
      type: "test:index:Settings",
      args: { host: machine.host, file: file(name), size },
      options,
    });
    const domain = (name: string, cpu: string, options: Options = {}): AnyResource => ({
      type: "gpudirect:index:Domain",
      args: { ...smallDomain(stack.name(name)), host: machine.host, vcpuPins: { 0: "0", 1: cpu } },
      options,
    });

    const commands = () => {
      const all = machine.commands();
      return { all, writing: all.filter(isWriting) };
    };

    const seen = (own: Folders) => ({
      machine: treeOf(folder),
      records: treeOf(own.records),
      domains: domainsOf(stack.mark),
    });

    /** Previews, which may look at the machine and do nothing else; gives the steps that change something. */
    async function previewed(...args: string[]): Promise<string[]> {
      machine.clear();
      const [before, taken] = [seen(folders), lastTaken(stack.fullName)];
      const steps = await stack.steps(...args);
      deepEqual(commands().writing, []);
      const after = lastTaken(stack.fullName);
      // Another stack of this machine may have taken the lock since; this one has not.
      ok(after === undefined || after === taken, "the preview has taken the machine's lock");
      deepEqual(seen(folders), before);
      sessionsAreKnown();
      ok(commands().all.length > 0, "the preview has not even looked at the machine");
      const kept = ["same", "refresh", "read"];
      return steps.filter(({ op, urn }) => !kept.includes(op) && !/::pulumi:/.test(urn)).map(({ op }) => op);
    }

    /** No session of the server may have been for a command that was not recorded. */
    function sessionsAreKnown(): void {
      const counted = machine.counted?.();
      if (counted !== undefined) equal(counted, machine.commands().filter((text) => /^'/.test(text)).length);
    }

    /** The update that the preview was of: its writes are seen by the same means. */
    async function updated(): Promise<void> {
      machine.clear();
      const before = seen(folders);
      await stack.mustUp();
      const { writing } = commands();
      for (const program of [/\bflock\b/, /\bvirsh\b/, /\bmv\b|\brm\b/]) {
        ok(
          writing.some((text) => program.test(text)),
          `no write by ${program}:\n${writing.join("\n")}`,
        );
      }
      sessionsAreKnown();
      const after = seen(folders);
      for (const part of ["machine", "records", "domains"] as const) {
        ok(JSON.stringify(after[part]) !== JSON.stringify(before[part]), `nothing has changed in ${part}`);
      }
    }

    it("of a create", async () => {
      stack.resources({ settings: settings("one", 4), vm: domain("one", "1") });
      deepEqual(await previewed(), ["create", "create"]);
      await updated();
    });

    it("of an update", async () => {
      stack.resources({ settings: settings("one", 5), vm: domain("one", "0") });
      deepEqual(await previewed(), ["update", "update"]);
      deepEqual(await previewed("--refresh", "--diff"), ["update", "update"]);
      await updated();
    });

    it("of a replacement", async () => {
      stack.resources({ settings: settings("two", 5), vm: domain("two", "0") });
      const ops = await previewed();
      // Its deletion and creation may be steps of their own.
      deepEqual(
        ops.filter((op) => op === "replace"),
        ["replace", "replace"],
      );
      await updated();
    });

    it("of a delete", async () => {
      stack.resources({});
      deepEqual(await previewed(), ["delete", "delete"]);
      await updated();
    });

    it("of an import", async () => {
      writeFileSync(file("found"), JSON.stringify({ size: 4 }));
      const name = stack.name("found");
      define(`<domain type='qemu'><name>${name}</name><memory>65536</memory><os><type>hvm</type></os></domain>`);
      const ids = { settings: `${machine.host}/settings/${file("found")}`, vm: `${machine.host}/domain/${name}` };
      const { args } = domain("found", "0");
      stack.resources({
        settings: settings("found", 4, { import: ids.settings }),
        vm: { type: "gpudirect:index:Domain", args, options: { import: ids.vm } },
      });
      machine.clear();
      const before = seen(folders);
      // Whether the program's inputs are what was found does not matter here.
      await stack.preview("--diff");
      const { all, writing } = commands();
      deepEqual(writing, []);
      ok(
        all.some((text) => text.includes(file("found"))),
        "the preview has not looked at the settings",
      );
      ok(
        all.some((text) => text.includes(name)),
        "the preview has not looked at the domain",
      );
      deepEqual(seen(folders), before);
    });
  });
}
