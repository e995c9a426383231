import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import type { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Json, type Loose, type Plugin, struct, urn } from "./plugin";

let files = 0;

/** The RPCs of one resource that is a JSON file, as the engine sends them, and the file on the machine. */
export class Life {
  readonly file: string;
  readonly id: string;
  urn: string;

  constructor(
    private readonly plugin: Plugin,
    type: "Settings" | "Knobs" = "Settings",
  ) {
    this.file = join(plugin.directory, `${++files}.json`);
    this.id = `local/${type.toLowerCase()}/${this.file}`;
    this.urn = urn.replace("Settings", type);
  }

  inputs = (more: Json = {}): Json => ({
    host: "local",
    file: this.file,
    size: 4,
    owner: "root",
    mode: "plain",
    restoreOnDelete: true,
    ...more,
  });

  onMachine = (): Json => JSON.parse(readFileSync(this.file, "utf8"));

  /** Changes the file behind the provider's back. */
  drift = (more: Json): void => writeFileSync(this.file, JSON.stringify({ ...this.onMachine(), ...more }));

  /** A line for each write, with its paths. */
  writes = (): string[] =>
    existsSync(`${this.file}.writes`) ? readFileSync(`${this.file}.writes`, "utf8").trim().split("\n") : [];

  create(inputs: Json, { preview = false, timeout = 0 } = {}): Promise<pb.CreateResponse> {
    const request = new pb.CreateRequest().setUrn(this.urn).setProperties(struct(inputs));
    return this.plugin.call("create", request.setPreview(preview).setTimeout(timeout));
  }

  diff(olds: Json, news: Json, oldInputs: Json, ignore: string[] = []): Promise<pb.DiffResponse> {
    const request = new pb.DiffRequest()
      .setUrn(this.urn)
      .setId(this.id)
      .setOlds(struct(olds))
      .setNews(struct(news))
      .setOldInputs(struct(oldInputs))
      .setIgnorechangesList(ignore);
    return this.plugin.call("diff", request);
  }

  update(
    olds: Json,
    news: Json,
    oldInputs: Json,
    { preview = false, ignore = [] as string[] } = {},
  ): Promise<pb.UpdateResponse> {
    const request = new pb.UpdateRequest()
      .setUrn(this.urn)
      .setId(this.id)
      .setOlds(struct(olds))
      .setNews(struct(news))
      .setOldInputs(struct(oldInputs))
      .setPreview(preview)
      .setIgnorechangesList(ignore);
    return this.plugin.call("update", request);
  }

  /** A refresh, or without inputs an import. */
  read(inputs?: Json, state?: Json, at = this.id): Promise<pb.ReadResponse> {
    const request = new pb.ReadRequest().setUrn(this.urn).setId(at);
    if (inputs) request.setInputs(struct(inputs));
    if (state) request.setProperties(struct(state));
    return this.plugin.call("read", request);
  }

  delete(state: Json, inputs: Json): Promise<Empty> {
    const request = new pb.DeleteRequest().setUrn(this.urn).setId(this.id);
    return this.plugin.call("delete", request.setProperties(struct(state)).setOldInputs(struct(inputs)));
  }
}

/** The kinds of a detailed diff by path. */
export const kinds = (response: pb.DiffResponse): Json =>
  Object.fromEntries(
    response
      .getDetaileddiffMap()
      .toArray()
      .map(([path, d]: Loose) => [path, (Array.isArray(d) ? d[0] : d.getKind()) ?? 0]),
  );
