import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { unknownSentinels } from "../../provider/protocol/sentinels";
import { until } from "../engine/support/until";
import { kinds, Life } from "./support/life";
import { failure, initFailed, Plugin, plain, secret, urn } from "./support/plugin";

describe("protocol: a resource's life", () => {
  let plugin: Plugin;
  let life: Life;
  before(async () => {
    plugin = await Plugin.start();
  });
  after(() => plugin.stop());
  beforeEach(() => {
    life = new Life(plugin);
  });

  it("creates, and answers with id, outputs and refreshBeforeUpdate", async () => {
    const response = await life.create(life.inputs({ disks: { a: { sizeGiB: 2, bus: "scsi" } } }));
    equal(response.getId(), life.id);
    equal(response.getRefreshBeforeUpdate(), true);
    const outputs = plain(response.getProperties());
    equal(outputs.serial, "s-1");
    equal(outputs.proof, "seen 4");
    equal(outputs.mode, "plain");
    deepEqual(life.onMachine().disks, { a: { sizeGiB: 2, bus: "scsi" } });
    await new Promise((done) => setTimeout(done, 100));
    ok(plugin.logs.some((log) => log.ephemeral && log.urn === urn && log.message === `writing ${life.file}`));
    ok(plugin.logs.some((log) => !log.ephemeral && log.message === "written"));
    equal(plugin.stdout.length, 1, "nothing but the port on standard output");
  });

  it("previews a create without a write: target, told outputs, unknowns that every SDK knows", async () => {
    const response = await life.create(life.inputs({ password: secret("hunter22"), owner: unknownSentinels.string }), {
      preview: true,
    });
    const outputs = plain(response.getProperties());
    deepEqual(life.writes(), []);
    equal(outputs.serial, unknownSentinels.string);
    equal(outputs.checksum, unknownSentinels.string);
    equal(outputs.proof, "seen 4");
    equal(outputs.owner, unknownSentinels.string);
    equal(outputs.disks, unknownSentinels.string);
    equal(outputs.numbers, unknownSentinels.string);
    deepEqual(outputs.password, secret("hunter22"));
  });

  it("shows drift and program changes field by field, with kinds", async () => {
    const inputs = life.inputs({ labels: { a: "1", b: "2" }, limits: { cpu: 1, memory: 2 }, numbers: [1, 2, 3] });
    const state = { ...inputs, serial: "s-1", checksum: 3, proof: "p" };
    deepEqual(kinds(await life.diff(state, inputs, inputs)), {});
    const none = await life.diff(state, inputs, inputs);
    equal(none.getChanges(), pb.DiffResponse.DiffChanges.DIFF_NONE);
    const drifted = { ...state, size: 9, labels: { a: "x", c: "3" }, numbers: [1, 5] };
    const { UPDATE, ADD, DELETE, UPDATE_REPLACE } = pb.PropertyDiff.Kind;
    const shown = await life.diff(drifted, { ...inputs, limits: { cpu: 2 } }, inputs);
    deepEqual(kinds(shown), {
      size: UPDATE,
      "labels.a": UPDATE,
      "labels.b": ADD,
      "labels.c": DELETE,
      "limits.cpu": UPDATE,
      "limits.memory": DELETE,
      "numbers[1]": UPDATE,
      "numbers[2]": ADD,
    });
    equal(shown.getChanges(), pb.DiffResponse.DiffChanges.DIFF_SOME);
    equal(shown.getHasdetaileddiff(), true);
    deepEqual(shown.getDiffsList().sort(), ["labels", "limits", "numbers", "size"]);
    deepEqual(shown.getReplacesList(), []);
    const replaced = await life.diff(state, { ...inputs, file: "/other.json" }, inputs);
    deepEqual(kinds(replaced), { file: UPDATE_REPLACE });
    deepEqual(replaced.getReplacesList(), ["file"]);
    equal(replaced.getDeletebeforereplace(), true);
  });

  it("ignores paths at any depth, with wildcards", async () => {
    const inputs = life.inputs({
      disks: { a: { sizeGiB: 1, bus: "scsi" }, "0000:17:00.0": { sizeGiB: 1, bus: "scsi" } },
      numbers: [1],
    });
    const state = {
      ...inputs,
      disks: { a: { sizeGiB: 5, bus: "virtio" }, "0000:17:00.0": { sizeGiB: 6, bus: "scsi" } },
      numbers: [2],
    };
    const paths = async (ignore: string[]) => Object.keys(kinds(await life.diff(state, inputs, inputs, ignore))).sort();
    deepEqual(await paths([]), ["disks.a.bus", "disks.a.sizeGiB", 'disks["0000:17:00.0"].sizeGiB', "numbers[0]"]);
    deepEqual(await paths(["disks[*].sizeGiB", "numbers"]), ["disks.a.bus"]);
    deepEqual(await paths(['disks["0000:17:00.0"].sizeGiB', "disks.a", "numbers[0]"]), []);
  });

  it("unknown wanted values show as changes", async () => {
    const inputs = life.inputs({ limits: { cpu: 1 } });
    const shown = await life.diff(inputs, { ...inputs, limits: { cpu: unknownSentinels.string } }, inputs);
    deepEqual(kinds(shown), { "limits.cpu": pb.PropertyDiff.Kind.UPDATE });
  });

  it("updates only what differs, and leaves unplanned drift alone with a warning", async () => {
    const inputs = life.inputs({ labels: { a: "1" } });
    const state = plain((await life.create(inputs)).getProperties());
    life.drift({ owner: "drifted" });
    const news = { ...inputs, size: 5 };
    const outputs = plain((await life.update(state, news, inputs)).getProperties());
    equal(life.writes().pop(), "size");
    equal(life.onMachine().owner, "drifted");
    equal(outputs.owner, "drifted");
    await new Promise((done) => setTimeout(done, 100));
    ok(plugin.logs.some((log) => /owner has changed since the plan/.test(log.message)));
  });

  it("writes nothing for kept fields alone, honours ignoreChanges, deletes removed fields", async () => {
    const inputs = life.inputs({ limits: { cpu: 1 } });
    const state = plain((await life.create(inputs)).getProperties());
    const before = life.writes().length;
    const kept = plain((await life.update(state, { ...inputs, mode: "stubborn" }, inputs)).getProperties());
    equal(kept.mode, "stubborn");
    equal(life.writes().length, before);
    const { limits: _, ...without } = inputs;
    const response = await life.update(state, { ...without, owner: "other" }, inputs, { ignore: ["owner"] });
    equal(response.getRefreshBeforeUpdate(), true);
    equal(life.onMachine().limits, undefined);
    equal(life.onMachine().owner, "root");
  });

  it("previews an update without a write", async () => {
    const inputs = life.inputs();
    const state = plain((await life.create(inputs)).getProperties());
    const before = life.writes().length;
    const outputs = plain(
      (await life.update(state, { ...inputs, size: 7 }, inputs, { preview: true })).getProperties(),
    );
    deepEqual(
      [outputs.size, outputs.serial, outputs.checksum, outputs.proof],
      [7, "s-1", unknownSentinels.string, "seen 7"],
    );
    equal(life.writes().length, before);
  });

  it("a plain failure when nothing was made, with the secret taken out and no stack trace", async () => {
    const error = await failure(life.create(life.inputs({ mode: "reject", password: secret("hunter22") })));
    equal(initFailed(error), undefined);
    equal(error.details, "the machine rejects it: [secret]");
  });

  it("keeps what exists when the work fails half way", async () => {
    const error = await failure(life.create(life.inputs({ mode: "half", password: secret("hunter22") })));
    equal(error.code, 2);
    const failed = initFailed(error);
    equal(failed?.getId(), life.id);
    deepEqual(failed?.getReasonsList(), ["the power went"]);
    equal(failed?.getRefreshBeforeUpdate(), true);
    const outputs = plain(failed?.getProperties());
    equal(outputs.size, 1);
    deepEqual(outputs.password, secret("hunter22"));
    equal(plain(failed?.getInputs()).size, 4);
  });

  it("fails with reasons what does not hold or does not verify", async () => {
    const stubborn = initFailed(await failure(life.create(life.inputs({ mode: "stubborn" }))));
    match(stubborn?.getReasonsList()[0] ?? "", /^size is not as wanted/);
    const unverified = initFailed(await failure(life.create(life.inputs({ mode: "unverified" }))));
    deepEqual(unverified?.getReasonsList(), ["0000:17:00.0 is not there"]);
    equal(plain(unverified?.getProperties()).proof, "seen 4");
  });

  it("an update that is rejected keeps the old state", async () => {
    const inputs = life.inputs();
    const state = plain((await life.create(inputs)).getProperties());
    const error = await failure(life.update(state, { ...inputs, size: 5, mode: "reject" }, inputs));
    equal(initFailed(error), undefined);
    equal(life.onMachine().size, 4);
  });

  it("refreshes with the old inputs, carries kept fields, and answers gone and unreachable apart", async () => {
    const inputs = life.inputs();
    const state = plain((await life.create(inputs)).getProperties());
    life.drift({ size: 50 });
    const response = await life.read(inputs, state);
    deepEqual(plain(response.getInputs()), inputs);
    const outputs = plain(response.getProperties());
    deepEqual([outputs.size, outputs.mode, outputs.proof], [50, "plain", "seen 4"]);
    equal(response.getRefreshBeforeUpdate(), true);
    equal((await life.read(inputs, state, "local/settings//nowhere.json")).getId(), "");
    const error = await failure(life.read(inputs, state, "local/settings//unreachable"));
    equal(error.details, "the machine cannot be reached");
  });

  it("imports by id alone, so that no diff is left", async () => {
    await life.create(life.inputs({ password: "hunter22", disks: { a: { sizeGiB: 1, bus: "scsi" } } }));
    const response = await life.read();
    const inputs = plain(response.getInputs());
    deepEqual(inputs, { ...life.inputs({ disks: { a: { sizeGiB: 1, bus: "scsi" } } }), password: secret("hunter22") });
    deepEqual(kinds(await life.diff(plain(response.getProperties()), inputs, inputs)), {});
  });

  it("leaves out at import what the machine chose by itself", async () => {
    await life.create(life.inputs({ limits: { cpu: 1, memory: 7 } }));
    const response = await life.read();
    const inputs = plain(response.getInputs());
    deepEqual(inputs.limits, { cpu: 1 });
    deepEqual(kinds(await life.diff(plain(response.getProperties()), inputs, inputs)), {});
  });

  it("remembers through a refresh that the last attempt failed, until one goes well", async () => {
    const inputs = life.inputs({ mode: "unverified" });
    const failed = plain(initFailed(await failure(life.create(inputs)))?.getProperties());
    const unhealthy = initFailed(await failure(life.read(inputs, failed)));
    deepEqual(unhealthy?.getReasonsList(), ["0000:17:00.0 is not there"]);
    const mended = { ...inputs, mode: "plain" };
    const state = plain((await life.update(plain(unhealthy?.getProperties()), mended, inputs)).getProperties());
    equal((await life.read(mended, state)).getId(), life.id);
  });

  it("deletes, twice if need be", async () => {
    const inputs = life.inputs();
    const state = plain((await life.create(inputs)).getProperties());
    await life.delete(state, inputs);
    ok(!existsSync(life.file));
    await life.delete(state, inputs);
  });

  it("a custom timeout ends the work and keeps what exists", async () => {
    const error = await failure(life.create(life.inputs({ mode: "hang" }), { timeout: 3 }));
    match(initFailed(error)?.getReasonsList()[0] ?? "", /did not finish within the custom timeout of 3 seconds/);
  });

  it("cancel ends a hanging apply and a hanging read at once", async () => {
    plugin.logs.length = 0;
    const hanging = failure(life.create(life.inputs({ mode: "hang" })));
    const slow = failure(life.read({ file: life.file }, {}, "local/settings//slow"));
    await until("the apply hangs", () => plugin.logs.some(({ message }) => message === "hanging"));
    const start = performance.now();
    await plugin.call("cancel", new Empty());
    const [created, reading] = await Promise.all([hanging, slow]);
    ok(performance.now() - start < 1500, "at once");
    match(initFailed(created)?.getReasonsList()[0] ?? "", /cancelled \(interrupted while waiting\)/);
    match(reading.details, /cancelled/);
    match((await failure(life.create(life.inputs()))).details, /cancelled/);
    await plugin.call("handshake", new pb.ProviderHandshakeRequest());
    await life.create(life.inputs());
  });
});
