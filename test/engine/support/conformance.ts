import { deepEqual, doesNotMatch, equal, match, notEqual, ok } from "node:assert/strict";
import type { TestMachine } from "./machines";
import { type Args, resourceOf, type Sample, type Thing } from "./sample";
import { mustEnd, Stack, type Step } from "./stack";

export interface ConformanceOptions {
  /** Leaves out what the protocol layer does by itself, whatever the definition: the suites of settings prove that. */
  readonly definitionAlone?: boolean;
}

/** What every definition of a resource does, on the real engine: the tests go on from each other. */
export function definitionConformance<Machine extends TestMachine>(
  title: string,
  sample: Sample<Machine>,
  start: () => Promise<Machine>,
  { definitionAlone = false }: ConformanceOptions = {},
): void {
  const itOfTheLayer = definitionAlone ? () => undefined : it;

  describe(`definition: ${title}`, () => {
    const stack = new Stack({ testProvider: true });
    let machine: Machine;
    let thing: Thing;
    /** What was there before the first up. */
    let original: unknown;
    /** The resource's name in the program. */
    let name = "it";

    before(async () => {
      machine = await start();
      await stack.init();
      await machine.attach(stack, sample.plugin);
      thing = sample.thing(stack, machine, "it");
      await thing.prepare?.();
      original = thing.snapshot();
    });
    after(async () => {
      await stack.discard();
      await machine.close();
    });

    const program = (args: Args = thing.args, options = {}) =>
      stack.resources({ [name]: resourceOf(sample, args, options) });
    const updated = () => ({ ...thing.args, ...sample.update.args });
    const changes = async (...args: string[]) => pathsOf(await stack.steps(...args));

    /** Runs work that may write neither the thing nor its record, nor send a writing command. */
    async function unwritten<T>(work: () => Promise<T>, one = thing): Promise<T> {
      machine.shim.calls();
      const last = one.lastWrite();
      const result = await work();
      equal(one.lastWrite(), last);
      deepEqual(machine.shim.writes(), []);
      return result;
    }

    it("previews a create without a write", async () => {
      program();
      const steps = await unwritten(() => stack.steps());
      deepEqual(opsOf(steps), ["create"]);
      equal(thing.ownership(), undefined);
      deepEqual(thing.snapshot(), original);
    });

    it("creates what the inputs say, and writes down whose it is", async () => {
      await stack.mustUp();
      deepEqual(thing.facts(), thing.expected(thing.args));
      match(thing.ownership() ?? "", new RegExp(`\\b${stack.fullName}\\b`));
      equal((await stack.resource("it"))?.id, thing.id);
    });

    it("has nothing to do at a second up, and writes nothing", async () => {
      await unwritten(() => stack.mustUp("--expect-no-changes"));
    });

    it("is clean at a refresh after up", async () => {
      const before = await stack.resource("it", "--show-secrets");
      await unwritten(async () => mustEnd(await stack.refresh("--expect-no-changes")));
      const after = await stack.resource("it", "--show-secrets");
      deepEqual(after?.outputs, before?.outputs);
      deepEqual(after?.inputs, before?.inputs);
    });

    it("shows drift in a plain preview, by its path, and mends it at up", async () => {
      const good = thing.snapshot();
      await thing.drift({ nested: true, beside: true });
      deepEqual(await unwritten(() => changes()), [sample.nested.beside, sample.nested.path].sort());
      await stack.mustUp();
      deepEqual(thing.snapshot(), good);
    });

    it("updates in place the paths that the plan shows, and no other", async () => {
      program(updated());
      deepEqual(await unwritten(() => changes()), sample.update.paths);
      await stack.mustUp();
      deepEqual(thing.facts(), thing.expected(updated()));
    });

    it("with ignoreChanges on a nested field neither shows nor mends drift there, and beside it both", async () => {
      const good = thing.snapshot();
      await thing.drift({ nested: true });
      const ignored = thing.snapshot();
      await thing.drift({ beside: true });
      notEqual(JSON.stringify(thing.snapshot()), JSON.stringify(ignored));
      program(updated(), { ignoreChanges: [sample.nested.path] });
      deepEqual(await unwritten(() => changes()), [sample.nested.beside]);
      await stack.mustUp();
      deepEqual(thing.snapshot(), ignored);
      await unwritten(() => stack.mustUp("--expect-no-changes"));
      program(updated());
      await stack.mustUp();
      deepEqual(thing.snapshot(), good);
    });

    itOfTheLayer("is refused to a second stack by the name of the first, at preview and at up", async () => {
      const second = stack.sibling("prod");
      try {
        await second.init();
        await machine.attach(second, sample.plugin);
        second.resources({ mine: resourceOf(sample, thing.args) });
        const refused = new RegExp(`belongs to stack ${stack.fullName}\\b`);
        for (const command of [second.preview, second.up]) {
          const { code, text } = await unwritten(() => command());
          notEqual(code, 0);
          match(text, refused);
        }
        equal(await second.resource("mine"), undefined);
      } finally {
        await second.discard();
      }
    });

    it("ends at once when it is cancelled, keeps what is there in state, and converges at the next up", async () => {
      const up = await thing.upToStall(stack);
      const pressed = Date.now();
      up.interrupt();
      const { code, text } = await up.ended;
      notEqual(code, 0);
      ok(Date.now() - pressed < 5000, `took ${Date.now() - pressed} ms after Ctrl-C:\n${text}`);
      equal((await stack.resource("it"))?.id, thing.id);
      await machine.shim.release();
      program();
      await stack.mustUp();
      deepEqual(thing.facts(), thing.expected(thing.args));
      await stack.mustBeSettled();
    });

    itOfTheLayer("that is renamed in the program without an alias stays as it is on the machine", async () => {
      const good = thing.snapshot();
      name = "renamed";
      program();
      deepEqual(opsOf(await unwritten(() => stack.steps())), ["create", "delete"]);
      await stack.mustUp();
      deepEqual(thing.snapshot(), good);
      match(thing.ownership() ?? "", /::renamed\b/);
      const { resources = [] } = await stack.state();
      deepEqual(
        resources.filter(({ type }) => type === sample.type).map(({ urn }) => urn.split("::").at(-1)),
        ["renamed"],
      );
      await stack.mustBeSettled();
    });

    it("is replaced with the old one deleted first, which brings back what was there before", async () => {
      const other = sample.thing(stack, machine, "other");
      const found = other.snapshot();
      program(other.args);
      deepEqual(opsOf(await unwritten(() => stack.steps())), ["replace"]);
      const { text } = await stack.mustUp();
      const [deleted, created] = [/delet(ed|ing) original/, /creat(ed|ing) replacement/].map((what) =>
        text.search(what),
      );
      ok(deleted !== undefined && deleted >= 0 && created !== undefined && deleted < created, text);
      deepEqual(thing.snapshot(), original);
      equal(thing.ownership(), undefined);
      deepEqual(other.facts(), other.expected(other.args));

      // Removed from the program.
      stack.resources({});
      await stack.mustUp();
      deepEqual(other.snapshot(), found);
      equal(other.ownership(), undefined);
    });

    itOfTheLayer(
      "shows its secrets nowhere in what Pulumi prints, from create to removal, and encrypts them in the state",
      async () => {
        program();
        await stack.mustUp("--diff");
        const state = await stack.exported();
        const secrets = [...machine.secrets, ...(thing.token === undefined ? [] : [thing.token])];
        if (thing.token !== undefined) match(await stack.exported("--show-secrets"), new RegExp(thing.token));
        for (const hidden of secrets) {
          ok(!state.includes(hidden), "a secret is in the state in plain");
        }
        stack.resources({});
        await stack.mustUp("--diff");
        deepEqual(thing.snapshot(), original);
        // What `--show-secrets` printed is the one place where it may be.
        const shown = stack.said.split("\n").filter((line) => !/"plaintext":/.test(line));
        for (const hidden of secrets) {
          const where = shown.filter((line) => line.includes(hidden));
          deepEqual(where, []);
        }
      },
    );

    if (sample.restores) {
      itOfTheLayer("is left as it is by a delete with restoreOnDelete: false", async () => {
        program({ ...thing.args, restoreOnDelete: false });
        await stack.mustUp();
        const written = thing.snapshot();
        const { text } = mustEnd(await stack.destroy());
        match(text, /left as it is: restoreOnDelete is false/);
        deepEqual(thing.snapshot(), written);
        equal(thing.ownership(), undefined);
      });
    }
  });

  describe(`import: ${title}`, () => {
    const stack = new Stack({ testProvider: true });
    let machine: Machine;
    let thing: Thing;
    let found: unknown;
    let last: string;

    before(async () => {
      machine = await start();
      await stack.init();
      await machine.attach(stack, sample.plugin);
      thing = sample.thing(stack, machine, "found");
      await thing.makeByHand();
      found = thing.snapshot();
      last = thing.lastWrite();
      machine.shim.calls();
    });
    after(async () => {
      await stack.discard();
      await machine.close();
    });
    const unwritten = () => {
      deepEqual(machine.shim.writes(), []);
      equal(thing.lastWrite(), last);
      deepEqual(thing.snapshot(), found);
    };

    it("by the option writes nothing, and has an empty diff after it", async () => {
      stack.resources({ found: resourceOf(sample, thing.args, { import: thing.id }) });
      await stack.mustUp();
      unwritten();
      stack.resources({ found: resourceOf(sample, thing.args) });
      await stack.mustBeSettled();
      await stack.mustBeSettled("--refresh");
      unwritten();
    });

    it("is left as it is by a delete, which says so", async () => {
      stack.resources({});
      const { text } = await stack.mustUp();
      match(text, new RegExp(`${thing.id} is left as it is`));
      doesNotMatch(JSON.stringify(await stack.state()), /::found/);
      unwritten();
    });

    it("by `pulumi import` finds all inputs without loss, and has an empty diff after it", async () => {
      mustEnd(await stack.import(sample.type, "found", thing.id));
      unwritten();
      const { inputs = {} } = (await stack.resource("found", "--show-secrets")) ?? {};
      const said = inPlain(inputs) as Args;
      if (thing.imported) deepEqual(said, thing.imported);
      else deepEqual(thing.expected(said), thing.expected(thing.args));
      stack.resources({ found: resourceOf(sample, said) });
      await stack.mustBeSettled();
      if (!thing.imported) {
        stack.resources({ found: resourceOf(sample, thing.args) });
        await stack.mustBeSettled();
      }
      mustEnd(await stack.destroy());
      unwritten();
    });
  });
}

/** What a plan does, without what stays as it is and what is only read. */
const opsOf = (steps: readonly Step[]): string[] =>
  steps
    .filter(({ op, urn }) => !["same", "refresh", "read"].includes(op) && !/pulumi:(providers|pulumi):/.test(urn))
    .map(({ op }) => op)
    .sort();

/** Paths at which a plan updates. */
const pathsOf = (steps: readonly Step[]): string[] =>
  steps
    .filter(({ op }) => op === "update")
    .flatMap(({ detailedDiff }) => Object.keys(detailedDiff ?? {}))
    .sort();

/** Values as `--show-secrets` exports them, with the secrets in plain. */
function inPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inPlain);
  if (typeof value !== "object" || value === null) return value;
  if ("plaintext" in value) return JSON.parse(String(value.plaintext));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inPlain(inner)]));
}
