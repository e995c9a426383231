import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { unknownSentinels } from "../../provider/protocol/sentinels";
import { failure, initFailed, type Json, type Loose, Plugin, plain, secret, struct, urn } from "./support/plugin";

describe("protocol: a resource's life", () => {
  let plugin: Plugin;
  let count = 0;
  let file: string;
  before(async () => {
    plugin = await Plugin.start();
  });
  after(() => plugin.stop());
  beforeEach(() => {
    file = join(plugin.directory, `${++count}.json`);
  });

  const id = () => `local/settings/${file}`;
  const onMachine = () => JSON.parse(readFileSync(file, "utf8"));
  const writes = () => (existsSync(`${file}.writes`) ? readFileSync(`${file}.writes`, "utf8").trim().split("\n") : []);
  const base = (more: Json = {}): Json => ({ file, size: 4, owner: "root", mode: "plain", ...more });

  const create = (inputs: Json, { preview = false, timeout = 0 } = {}): Promise<pb.CreateResponse> =>
    plugin.call(
      "create",
      new pb.CreateRequest().setUrn(urn).setProperties(struct(inputs)).setPreview(preview).setTimeout(timeout),
    );
  const diff = (olds: Json, news: Json, oldInputs: Json, ignore: string[] = []): Promise<pb.DiffResponse> =>
    plugin.call(
      "diff",
      new pb.DiffRequest()
        .setUrn(urn)
        .setId(id())
        .setOlds(struct(olds))
        .setNews(struct(news))
        .setOldInputs(struct(oldInputs))
        .setIgnorechangesList(ignore),
    );
  const update = (
    olds: Json,
    news: Json,
    oldInputs: Json,
    { preview = false, ignore = [] as string[] } = {},
  ): Promise<pb.UpdateResponse> =>
    plugin.call(
      "update",
      new pb.UpdateRequest()
        .setUrn(urn)
        .setId(id())
        .setOlds(struct(olds))
        .setNews(struct(news))
        .setOldInputs(struct(oldInputs))
        .setPreview(preview)
        .setIgnorechangesList(ignore),
    );
  const read = (inputs?: Json, state?: Json, at = id()): Promise<pb.ReadResponse> => {
    const request = new pb.ReadRequest().setUrn(urn).setId(at);
    if (inputs) request.setInputs(struct(inputs));
    if (state) request.setProperties(struct(state));
    return plugin.call("read", request);
  };
  const kinds = (response: pb.DiffResponse): Json =>
    Object.fromEntries(
      response
        .getDetaileddiffMap()
        .toArray()
        .map(([path, d]: Loose) => [path, (Array.isArray(d) ? d[0] : d.getKind()) ?? 0]),
    );

  it("creates, and answers with id, outputs and refreshBeforeUpdate", async () => {
    const response = await create(base({ disks: { a: { sizeGiB: 2, bus: "scsi" } } }));
    equal(response.getId(), id());
    equal(response.getRefreshBeforeUpdate(), true);
    const outputs = plain(response.getProperties());
    equal(outputs.serial, "s-1");
    equal(outputs.proof, "seen 4");
    equal(outputs.mode, "plain");
    deepEqual(onMachine().disks, { a: { sizeGiB: 2, bus: "scsi" } });
    await new Promise((done) => setTimeout(done, 100));
    ok(plugin.logs.some((log) => log.ephemeral && log.urn === urn && log.message === `writing ${file}`));
    ok(plugin.logs.some((log) => !log.ephemeral && log.message === "written"));
    equal(plugin.stdout.length, 1, "nothing but the port on standard output");
  });

  it("previews a create without a write: target, told outputs, unknowns of their type", async () => {
    const response = await create(base({ password: secret("hunter22"), owner: unknownSentinels.string }), {
      preview: true,
    });
    const outputs = plain(response.getProperties());
    deepEqual(writes(), []);
    equal(outputs.serial, unknownSentinels.string);
    equal(outputs.checksum, unknownSentinels.number);
    equal(outputs.proof, "seen 4");
    equal(outputs.owner, unknownSentinels.string);
    equal(outputs.disks, unknownSentinels.object);
    equal(outputs.numbers, unknownSentinels.array);
    deepEqual(outputs.password, secret("hunter22"));
  });

  it("takes over what exists, and refuses what the definition refuses", async () => {
    writeFileSync(file, JSON.stringify({ file, size: 1, owner: "root", serial: "old", checksum: 1 }));
    equal(plain((await create(base())).getProperties()).serial, "old");
    writeFileSync(file, JSON.stringify({ file, size: 1, owner: "foreign", serial: "old", checksum: 1 }));
    const error = await failure(create(base()));
    match(error.details, /belong to somebody else/);
    equal(initFailed(error), undefined);
    equal(onMachine().size, 1);
  });

  it("shows drift and program changes field by field, with kinds", async () => {
    const inputs = base({ labels: { a: "1", b: "2" }, limits: { cpu: 1, memory: 2 }, numbers: [1, 2, 3] });
    const state = { ...inputs, serial: "s-1", checksum: 3, proof: "p" };
    deepEqual(kinds(await diff(state, inputs, inputs)), {});
    const none = await diff(state, inputs, inputs);
    equal(none.getChanges(), pb.DiffResponse.DiffChanges.DIFF_NONE);
    const drifted = { ...state, size: 9, labels: { a: "x", c: "3" }, numbers: [1, 5] };
    const { UPDATE, ADD, DELETE, UPDATE_REPLACE } = pb.PropertyDiff.Kind;
    const shown = await diff(drifted, { ...inputs, limits: { cpu: 2 } }, inputs);
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
    const replaced = await diff(state, { ...inputs, file: "/other.json" }, inputs);
    deepEqual(kinds(replaced), { file: UPDATE_REPLACE });
    deepEqual(replaced.getReplacesList(), ["file"]);
    equal(replaced.getDeletebeforereplace(), true);
  });

  it("ignores paths at any depth, with wildcards", async () => {
    const inputs = base({
      disks: { a: { sizeGiB: 1, bus: "scsi" }, "0000:17:00.0": { sizeGiB: 1, bus: "scsi" } },
      numbers: [1],
    });
    const state = {
      ...inputs,
      disks: { a: { sizeGiB: 5, bus: "virtio" }, "0000:17:00.0": { sizeGiB: 6, bus: "scsi" } },
      numbers: [2],
    };
    const paths = async (ignore: string[]) => Object.keys(kinds(await diff(state, inputs, inputs, ignore))).sort();
    deepEqual(await paths([]), ["disks.a.bus", "disks.a.sizeGiB", 'disks["0000:17:00.0"].sizeGiB', "numbers[0]"]);
    deepEqual(await paths(["disks[*].sizeGiB", "numbers"]), ["disks.a.bus"]);
    deepEqual(await paths(['disks["0000:17:00.0"].sizeGiB', "disks.a", "numbers[0]"]), []);
  });

  it("unknown wanted values show as changes", async () => {
    const inputs = base({ limits: { cpu: 1 } });
    const shown = await diff(inputs, { ...inputs, limits: { cpu: unknownSentinels.number } }, inputs);
    deepEqual(kinds(shown), { "limits.cpu": pb.PropertyDiff.Kind.UPDATE });
  });

  it("updates only what differs, and leaves unplanned drift alone with a warning", async () => {
    const inputs = base({ labels: { a: "1" } });
    const state = plain((await create(inputs)).getProperties());
    writeFileSync(file, JSON.stringify({ ...onMachine(), owner: "drifted" }));
    const news = { ...inputs, size: 5 };
    const outputs = plain((await update(state, news, inputs)).getProperties());
    equal(writes().pop(), "size");
    equal(onMachine().owner, "drifted");
    equal(outputs.owner, "drifted");
    await new Promise((done) => setTimeout(done, 100));
    ok(plugin.logs.some((log) => /owner has changed since the plan/.test(log.message)));
  });

  it("writes nothing for kept fields alone, honours ignoreChanges, deletes removed fields", async () => {
    const inputs = base({ limits: { cpu: 1 } });
    const state = plain((await create(inputs)).getProperties());
    const before = writes().length;
    const kept = plain((await update(state, { ...inputs, mode: "stubborn" }, inputs)).getProperties());
    equal(kept.mode, "stubborn");
    equal(writes().length, before);
    const { limits: _, ...without } = inputs;
    const response = await update(state, { ...without, owner: "other" }, inputs, { ignore: ["owner"] });
    equal(response.getRefreshBeforeUpdate(), true);
    equal(onMachine().limits, undefined);
    equal(onMachine().owner, "root");
  });

  it("previews an update without a write", async () => {
    const inputs = base();
    const state = plain((await create(inputs)).getProperties());
    const before = writes().length;
    const outputs = plain((await update(state, { ...inputs, size: 7 }, inputs, { preview: true })).getProperties());
    deepEqual(
      [outputs.size, outputs.serial, outputs.checksum, outputs.proof],
      [7, "s-1", unknownSentinels.number, "seen 7"],
    );
    equal(writes().length, before);
  });

  it("a plain failure when nothing was made, with the secret taken out and no stack trace", async () => {
    const error = await failure(create(base({ mode: "reject", password: secret("hunter22") })));
    equal(initFailed(error), undefined);
    equal(error.details, "the machine rejects it: [secret]");
  });

  it("keeps what exists when the work fails half way", async () => {
    const error = await failure(create(base({ mode: "half", password: secret("hunter22") })));
    equal(error.code, 2);
    const failed = initFailed(error);
    equal(failed?.getId(), id());
    deepEqual(failed?.getReasonsList(), ["the power went"]);
    equal(failed?.getRefreshBeforeUpdate(), true);
    const outputs = plain(failed?.getProperties());
    equal(outputs.size, 1);
    deepEqual(outputs.password, secret("hunter22"));
    equal(plain(failed?.getInputs()).size, 4);
  });

  it("fails with reasons what does not hold or does not verify", async () => {
    const stubborn = initFailed(await failure(create(base({ mode: "stubborn" }))));
    match(stubborn?.getReasonsList()[0] ?? "", /^size is not as wanted/);
    const unverified = initFailed(await failure(create(base({ mode: "unverified" }))));
    deepEqual(unverified?.getReasonsList(), ["0000:17:00.0 is not there"]);
    equal(plain(unverified?.getProperties()).proof, "seen 4");
  });

  it("an update that is rejected keeps the old state", async () => {
    const inputs = base();
    const state = plain((await create(inputs)).getProperties());
    const error = await failure(update(state, { ...inputs, size: 5, mode: "reject" }, inputs));
    equal(initFailed(error), undefined);
    equal(onMachine().size, 4);
  });

  it("refreshes with the old inputs, carries kept fields, and answers gone and unreachable apart", async () => {
    const inputs = base();
    const state = plain((await create(inputs)).getProperties());
    writeFileSync(file, JSON.stringify({ ...onMachine(), size: 50 }));
    const response = await read(inputs, state);
    deepEqual(plain(response.getInputs()), inputs);
    const outputs = plain(response.getProperties());
    deepEqual([outputs.size, outputs.mode, outputs.proof], [50, "plain", "seen 4"]);
    equal(response.getRefreshBeforeUpdate(), true);
    equal((await read(inputs, state, "local/settings/nowhere.json")).getId(), "");
    const error = await failure(read(inputs, state, "local/settings/unreachable"));
    equal(error.details, "the machine cannot be reached");
  });

  it("imports by id alone, so that no diff is left", async () => {
    await create(base({ password: "hunter22", disks: { a: { sizeGiB: 1, bus: "scsi" } } }));
    const response = await read();
    const inputs = plain(response.getInputs());
    deepEqual(inputs, { ...base({ disks: { a: { sizeGiB: 1, bus: "scsi" } } }), password: secret("hunter22") });
    deepEqual(kinds(await diff(plain(response.getProperties()), inputs, inputs)), {});
  });

  it("leaves out at import what the machine chose by itself", async () => {
    await create(base({ limits: { cpu: 1, memory: 7 } }));
    const response = await read();
    const inputs = plain(response.getInputs());
    deepEqual(inputs.limits, { cpu: 1 });
    deepEqual(kinds(await diff(plain(response.getProperties()), inputs, inputs)), {});
  });

  it("remembers through a refresh that the last attempt failed, until one goes well", async () => {
    const inputs = base({ mode: "unverified" });
    const failed = plain(initFailed(await failure(create(inputs)))?.getProperties());
    const unhealthy = initFailed(await failure(read(inputs, failed)));
    deepEqual(unhealthy?.getReasonsList(), ["0000:17:00.0 is not there"]);
    const mended = { ...inputs, mode: "plain" };
    const state = plain((await update(plain(unhealthy?.getProperties()), mended, inputs)).getProperties());
    equal((await read(mended, state)).getId(), id());
  });

  it("deletes, twice if need be", async () => {
    const inputs = base();
    const state = plain((await create(inputs)).getProperties());
    const request = new pb.DeleteRequest()
      .setUrn(urn)
      .setId(id())
      .setProperties(struct(state))
      .setOldInputs(struct(inputs));
    await plugin.call("delete", request);
    ok(!existsSync(file));
    await plugin.call("delete", request);
  });

  it("a custom timeout ends the work and keeps what exists", async () => {
    const error = await failure(create(base({ mode: "hang" }), { timeout: 0.2 }));
    match(initFailed(error)?.getReasonsList()[0] ?? "", /did not finish within the custom timeout of 0.2 seconds/);
  });

  it("cancel ends a hanging apply and a hanging read at once", async () => {
    const hanging = failure(create(base({ mode: "hang" })));
    const slow = failure(read({ file }, {}, "local/settings/slow"));
    while (!existsSync(file)) await new Promise((done) => setTimeout(done, 10));
    const start = performance.now();
    await plugin.call("cancel", new Empty());
    const [created, reading] = await Promise.all([hanging, slow]);
    ok(performance.now() - start < 1500, "at once");
    match(initFailed(created)?.getReasonsList()[0] ?? "", /cancelled \(interrupted while waiting\)/);
    match(reading.details, /cancelled/);
    match((await failure(create(base()))).details, /cancelled/);
    await plugin.call("handshake", new pb.ProviderHandshakeRequest());
    await create(base());
  });
});
