import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Life } from "./support/life";
import { failure, initFailed, type Json, Plugin, plain, secret, urn } from "./support/plugin";

const RENAMED = urn.replace("::it", "::renamed");
const OTHER_STACK = urn.replace("dev::project", "prod::project");

describe("protocol: what was there before", () => {
  let plugin: Plugin;
  let life: Life;
  before(async () => {
    plugin = await Plugin.start();
  });
  after(() => plugin.stop());
  beforeEach(() => {
    life = new Life(plugin);
    writeFileSync(life.file, JSON.stringify({ size: 1, labels: { a: "theirs" }, password: "original" }));
  });

  const create = async (inputs: Json) => plain((await life.create(inputs)).getProperties());
  const update = async (state: Json, news: Json, olds: Json) =>
    plain((await life.update(state, news, olds)).getProperties());
  const values = ({ size, labels, limits }: Json) => ({ size, labels, limits });
  const original = { size: 1, labels: { a: "theirs" }, limits: undefined };
  const record = () => {
    const folder = join(plugin.stateDirectory, "records", "settings");
    const name = readdirSync(folder).find((one) => one.includes(encodeURIComponent(life.file)));
    return name === undefined ? undefined : readFileSync(join(folder, name), "utf8");
  };

  it("is taken over, recorded on the machine and in state, and put back by a delete", async () => {
    const inputs = life.inputs({ labels: { a: "ours", b: "ours" }, limits: { cpu: 1 } });
    const state = await create(inputs);
    deepEqual(values(life.onMachine()), { size: 4, labels: { a: "ours", b: "ours" }, limits: { cpu: 1 } });
    const { owner, existed, previous } = JSON.parse(record() ?? "");
    deepEqual([owner.stack, owner.urn, existed], ["project/dev", urn, true]);
    deepEqual(previous, [
      { keys: ["labels", "a"], value: "theirs" },
      { keys: ["labels", "b"] },
      { keys: ["limits"] },
      { keys: ["size"], value: 1 },
      // As it was wanted: taken over, though not written.
      { keys: ["owner"], value: "root" },
    ]);
    deepEqual(state.__previous, previous);
    await life.delete(state, inputs);
    deepEqual(values(life.onMachine()), original);
    equal(record(), undefined);
  });

  it("is what was taken over, not what somebody made of it since and an update has put right", async () => {
    const inputs = life.inputs({ size: 1, labels: { a: "theirs" } });
    const state = await create(inputs);
    writeFileSync(life.file, JSON.stringify({ ...life.onMachine(), size: 9, labels: { a: "drift" } }));
    const drifted = { ...state, size: 9, labels: { a: "drift" } };
    const mended = await update(drifted, inputs, inputs);
    deepEqual(values(life.onMachine()), original);
    await life.delete(mended, inputs);
    deepEqual(values(life.onMachine()), original);
  });

  it("is kept as it was first, however many updates follow, and comes back for a field that is taken out", async () => {
    const first = life.inputs({ size: 5 });
    const second = life.inputs({ size: 6, labels: { a: "ours" } });
    const state = await update(await create(first), second, first);
    const { size: _, ...third } = second;
    const after = await update(state, third, second);
    equal(life.onMachine().size, 1);
    await life.delete(after, third);
    deepEqual(values(life.onMachine()), original);
  });

  it("outlives a rename in the program, which creates anew and then deletes the old resource", async () => {
    const inputs = life.inputs({ size: 5 });
    const old = await create(inputs);
    life.urn = RENAMED;
    const renamed = await create(inputs);
    life.urn = urn;
    await life.delete(old, inputs);
    equal(life.onMachine().size, 5);
    ok(
      plugin.logs.some(({ message }) => message.includes(`${life.id} is left as it is: it now belongs to ${RENAMED}`)),
    );
    life.urn = RENAMED;
    await life.delete(renamed, inputs);
    deepEqual(values(life.onMachine()), original);
  });

  it("stays overwritten with restoreOnDelete false, and where somebody has changed it since", async () => {
    const inputs = life.inputs({ size: 5, labels: { a: "ours" }, restoreOnDelete: false });
    await life.delete(await create(inputs), inputs);
    deepEqual(values(life.onMachine()), { size: 5, labels: { a: "ours" }, limits: undefined });
    equal(record(), undefined);
    const again = life.inputs({ size: 6, labels: { a: "again" } });
    const state = await create(again);
    life.drift({ size: 77 });
    await life.delete(state, again);
    deepEqual(values(life.onMachine()), { size: 77, labels: { a: "ours" }, limits: undefined });
    ok(plugin.logs.some(({ message }) => /not restored: size: it was changed since by somebody else/.test(message)));
  });

  it("goes away where nothing was there before", async () => {
    const fresh = new Life(plugin);
    const inputs = fresh.inputs();
    await fresh.delete(plain((await fresh.create(inputs)).getProperties()), inputs);
    ok(!existsSync(fresh.file));
  });

  it("is a secret where the field is one: its value is in the state alone, and marked", async () => {
    const inputs = life.inputs({ password: secret("replacement-1") });
    const state = await create(inputs);
    const text = record() ?? "";
    deepEqual(
      JSON.parse(text).previous.find(({ keys }: Json) => keys[0] === "password"),
      { keys: ["password"], secret: true },
    );
    ok(!text.includes("original") && !text.includes("replacement-1"));
    ok(JSON.stringify(state.__previous).includes("1b47061264138c4ac30d75fd1eb44270"), "wrapped as a secret");
    await life.delete(state, inputs);
    equal(life.onMachine().password, "original");
  });

  it("of another stack is refused by that stack's name, at preview, create and update, and written by nobody", async () => {
    const inputs = life.inputs({ size: 5 });
    const state = await create(inputs);
    const found = readFileSync(life.file, "utf8");
    life.urn = OTHER_STACK;
    for (const preview of [true, false]) {
      const error = await failure(life.create(life.inputs({ size: 9 }), { preview }));
      match(error.details, /belongs to stack project\/dev \(.*::it\).*takeOverFrom: \["project\/dev"\]/);
      equal(initFailed(error), undefined);
    }
    const imported = await life.read();
    const [said, seen] = [plain(imported.getInputs()), plain(imported.getProperties())];
    match((await failure(life.update(seen, { ...said, size: 9 }, said))).details, /belongs to stack project\/dev/);
    await life.delete(seen, said);
    equal(readFileSync(life.file, "utf8"), found);
    life.urn = urn;
    await life.delete(state, inputs);
    deepEqual(values(life.onMachine()), original);
  });

  it("of an import is nothing: a delete leaves things as they are and says so, until an update has written", async () => {
    const imported = await life.read();
    const [said, seen] = [plain(imported.getInputs()), plain(imported.getProperties())];
    await life.delete(seen, said);
    deepEqual(values(life.onMachine()), original);
    ok(plugin.logs.some(({ message }) => message.includes(`${life.id} is left as it is: nothing says that`)));
    const state = await update(seen, { ...said, size: 8 }, said);
    equal(life.onMachine().size, 8);
    await life.delete(state, { ...said, size: 8 });
    deepEqual(values(life.onMachine()), original);
  });

  it("goes on through an import by the same stack, whose state was lost", async () => {
    const inputs = life.inputs({ size: 5 });
    await create(inputs);
    const imported = await life.read();
    await life.delete(plain(imported.getProperties()), plain(imported.getInputs()));
    deepEqual(values(life.onMachine()), original);
  });

  it("leaves no record where the first write was refused", async () => {
    const fresh = new Life(plugin);
    await failure(fresh.create(fresh.inputs({ mode: "reject" })));
    equal(
      readdirSync(join(plugin.stateDirectory, "records", "settings")).some((one) =>
        one.includes(encodeURIComponent(fresh.file)),
      ),
      false,
    );
  });

  it("holds no secret in plain, wherever else the machine tells it", async () => {
    const inputs = life.inputs({ password: secret("hush-hush"), labels: { a: "it was hush-hush" } });
    const outputs = (await life.create(inputs)).getProperties()?.toJavaScript() as Json;
    ok(JSON.stringify(outputs.labels).includes("1b47061264138c4ac30d75fd1eb44270"));
  });
});
