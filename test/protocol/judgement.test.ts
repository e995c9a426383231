import { deepEqual, equal, match, ok } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { until } from "../engine/support/until";
import type { Device } from "./support/knobs";
import { kinds, Life } from "./support/life";
import { failure, initFailed, type Json, Plugin, plain, struct } from "./support/plugin";

describe("protocol: what a machine can have", () => {
  let plugin: Plugin;
  let life: Life;
  before(async () => {
    plugin = await Plugin.start();
  });
  after(() => plugin.stop());
  beforeEach(() => {
    life = new Life(plugin, "Knobs");
    plugin.logs.length = 0;
    device({ positions: { volume: 1, gain: 1, balance: 5 } });
  });

  const device = (state: Device) => writeFileSync(life.file, JSON.stringify(state));
  const positions = () => (life.onMachine() as unknown as Device).positions;
  const inputs = (knobs: Json) => ({ host: "local", file: life.file, restoreOnDelete: true, knobs });
  const create = async (wanted: Json) => plain((await life.create(wanted)).getProperties());
  const refreshed = async (wanted: Json, state: Json) => plain((await life.read(wanted, state)).getProperties());
  const changes = async (state: Json, news: Json, olds = news) => kinds(await life.diff(state, news, olds));
  const { ADD, DELETE, UPDATE } = pb.PropertyDiff.Kind;

  it("check adds what other inputs imply, and leaves alone what is said or not known", async () => {
    const check = async (news: Json) => {
      const answer: pb.CheckResponse = await plugin.call(
        "check",
        new pb.CheckRequest().setUrn(life.urn).setNews(struct(news)),
      );
      return plain(answer.getInputs()).knobs;
    };
    const file = life.file;
    deepEqual(await check({ file, profile: "loud", knobs: { gain: 7 } }), { volume: 11, gain: 7 });
    deepEqual(await check({ file, profile: "loud" }), { volume: 11, gain: 3 });
    deepEqual(await check({ file, knobs: { gain: 7 } }), { gain: 7 });
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    deepEqual(await check({ file, profile: "loud", knobs: { gain: unknown } }), { gain: unknown });
  });

  it("what it cannot have is refused at preview, create and update, with every problem, and nothing is written", async () => {
    const wanted = inputs({ volume: 4, bass: 1, treble: 2 });
    for (const preview of [true, false]) {
      const { details } = await failure(life.create(wanted, { preview }));
      match(details, /knobs\.bass: The device has no such knob\.\nknobs\.treble: The device has no such knob\./);
    }
    const good = inputs({ volume: 4 });
    const state = await create(good);
    for (const preview of [true, false]) {
      match((await failure(life.update(state, wanted, good, { preview }))).details, /knobs\.bass/);
    }
    deepEqual(positions(), { volume: 4, gain: 1, balance: 5 });
  });

  it("what it cannot have yet is told, is no change and no failure, and is one as soon as it can be had", async () => {
    device({ positions: { volume: 1, gain: 1 }, locked: ["gain"] });
    const wanted = inputs({ volume: 4, gain: 9 });
    await life.create(wanted, { preview: true });
    await until("it is told", () => plugin.logs.some(({ message }) => message.includes("gain is locked")));
    const state = await create(wanted);
    deepEqual(positions(), { volume: 4, gain: 1 });
    deepEqual(await changes(state, wanted), {});
    device({ positions: { volume: 4, gain: 1 } });
    const seen = await refreshed(wanted, state);
    deepEqual(await changes(seen, wanted), { "knobs.gain": UPDATE });
    const after = plain((await life.update(seen, wanted, wanted)).getProperties());
    deepEqual(positions(), { volume: 4, gain: 9 });
    await life.delete(after, wanted);
    deepEqual(positions(), { volume: 1, gain: 1 });
  });

  it("a setting of a map that is taken out gets back what it was; one that nobody wanted stays as it is", async () => {
    const [first, second] = [inputs({ volume: 4, gain: 9 }), inputs({ gain: 9 })];
    const state = await create(first);
    deepEqual(state.knobs, { volume: 4, gain: 9 });
    deepEqual(await changes(state, second, first), { "knobs.volume": DELETE });
    const after = plain((await life.update(state, second, first)).getProperties());
    deepEqual(positions(), { volume: 1, gain: 9, balance: 5 });
    deepEqual(after.knobs, { gain: 9 });
    device({ positions: { volume: 8, gain: 9, balance: 6 } });
    deepEqual(await changes(await refreshed(second, after), second), {});
    const third = inputs({ gain: 9, balance: 2 });
    deepEqual(await changes(after, third, second), { "knobs.balance": ADD });
  });

  it("what cannot be looked at is answered from what the state knows", async () => {
    const wanted = inputs({ volume: 4 });
    const state = await create(wanted);
    device({ positions: { volume: 7 }, held: true });
    const seen = await refreshed(wanted, state);
    deepEqual([seen.held, seen.knobs], [true, { volume: 4 }]);
    ok(seen.__previous);
    equal(Object.keys(await changes(seen, wanted)).length, 0);
  });

  it("what an update failed to put back shows in the next plan, and comes back then, or at a delete", async () => {
    const [first, second] = [inputs({ volume: 4, gain: 9 }), inputs({ gain: 9 })];
    for (const end of ["update", "delete"]) {
      device({ positions: { volume: 1, gain: 1 } });
      const state = await create(first);
      device({ positions: { volume: 4, gain: 2 }, stuck: true });
      const failed = await failure(life.update(await refreshed(first, state), second, first));
      const left = plain(initFailed(failed)?.getProperties());
      device({ positions: { volume: 4, gain: 2 } });
      deepEqual(await changes(left, second), { "knobs.gain": UPDATE, "knobs.volume": DELETE });
      const after = end === "update" ? plain((await life.update(left, second, second)).getProperties()) : left;
      if (end === "update") deepEqual(positions(), { volume: 1, gain: 9 });
      await life.delete(after, second);
      deepEqual(positions().volume, 1);
    }
  });

  it("what the inputs leave to the machine shows by its path, is written, and comes back when it is wanted no more", async () => {
    const all = { ...inputs({ gain: 9 }), others: 4 };
    const state = await create(all);
    deepEqual(positions(), { volume: 4, gain: 9, balance: 4 });
    deepEqual(await changes(state, all), {});
    device({ positions: { volume: 2, gain: 9, balance: 4 } });
    const drifted = await refreshed(all, state);
    deepEqual(await changes(drifted, all), { "knobs.volume": UPDATE });
    const mended = plain((await life.update(drifted, all, all)).getProperties());
    deepEqual(positions(), { volume: 4, gain: 9, balance: 4 });
    const less = inputs({ gain: 9 });
    deepEqual(await changes(mended, less, all), { others: DELETE, "knobs.volume": DELETE, "knobs.balance": DELETE });
    const after = plain((await life.update(mended, less, all)).getProperties());
    deepEqual(positions(), { volume: 1, gain: 9, balance: 5 });
    await life.delete(after, less);
    deepEqual(positions(), { volume: 1, gain: 1, balance: 5 });
  });

  it("a delete gives back what the inputs left to the machine, but not what somebody changed since", async () => {
    const all = { ...inputs({}), others: 4 };
    const state = await create(all);
    device({ positions: { volume: 4, gain: 4, balance: 8 } });
    await life.delete(state, all);
    deepEqual(positions(), { volume: 1, gain: 1, balance: 8 });
  });

  it("what the machine cannot have of that is refused, or told, by its path too", async () => {
    device({ positions: { volume: 1, gain: 1 }, locked: ["gain"] });
    const state = await create({ ...inputs({}), others: 4 });
    deepEqual(positions(), { volume: 4, gain: 1 });
    ok(plugin.logs.some(({ message }) => message.includes("gain is locked")));
    deepEqual(state.knobs, { volume: 4, gain: 1 });
  });

  it("an update that asks for more looks at the machine: what is locked there shows in its preview", async () => {
    const [first, second] = [inputs({ volume: 4 }), inputs({ volume: 4, gain: 9 })];
    device({ positions: { volume: 1, gain: 1 } });
    const state = await create(first);
    device({ positions: { volume: 4, gain: 1 }, locked: ["gain"] });
    const shown = plain((await life.update(state, second, first, { preview: true })).getProperties());
    deepEqual(shown.knobs, { volume: 4, gain: 1 });
  });

  it("what is ignored does not count as what it cannot have", async () => {
    const state = await create(inputs({ volume: 4 }));
    const wanted = inputs({ volume: 4, bass: 1 });
    const ignore = ["knobs.bass"];
    await life.update(state, wanted, inputs({ volume: 4 }), { preview: true, ignore });
    match((await failure(life.update(state, wanted, inputs({ volume: 4 }), { preview: true }))).details, /knobs\.bass/);
  });

  it("is not asked of a state that a create which failed has left: that holds inputs alone", async () => {
    const wanted = inputs({ volume: 4 });
    deepEqual(await changes({ ...wanted, __claim: "c", __previous: [], __unfinished: ["cut"] }, wanted), {});
  });
});
