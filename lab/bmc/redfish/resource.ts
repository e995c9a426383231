import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../json";
import type { Account } from "../state";
import { type Message, type MessageKey, message } from "./messages";

/** DMTF DSP0266, "Privilege model": what a role may do. */
export type Privilege = "Login" | "ConfigureManager" | "ConfigureUsers" | "ConfigureComponents" | "ConfigureSelf";

/** A request that passed the service's door: its body was read, its sender may send it. */
export interface Request {
  readonly body: JsonObject;
  readonly sender: Account | null;
}

export interface Answer {
  readonly status: number;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (request: Request) => Answer | Promise<Answer>;

/** Something at a path. Methods that it has no handler for answer 405. */
export interface Resource {
  /** Schema with version, `ComputerSystem.v1_22_0.ComputerSystem`; absent for an action, which takes POST only. */
  readonly type?: string;
  readonly read?: () => JsonObject;
  readonly patch?: Handler;
  readonly post?: Handler;
  readonly delete?: Handler;
  /** What writing takes. */
  readonly privilege: Privilege;
  /** Who may write without that privilege: the owner of an account or a session. */
  readonly owner?: string;
  /** Methods that need no login. */
  readonly open?: readonly string[];
  /** What reading answers; 200 where it is absent. */
  readonly status?: 200 | 202;
  /** Whether a PATCH comes under the mode needsIfMatch. */
  readonly guarded?: boolean;
}

/** A path with at most one `{id}`, and what is there. */
export type Route = readonly [template: string, find: (id: string) => Resource | undefined];

/** An error answer on its way out of a handler. */
export class Refusal extends Error {
  readonly status: number;
  readonly messages: readonly Message[];

  constructor(status: number, messages: readonly Message[]) {
    super(messages.map(({ Message: text }) => text).join(" "));
    this.status = status;
    this.messages = messages;
  }
}

export function refuse(status: number, key: MessageKey, args: readonly string[] = [], related: readonly string[] = []) {
  return new Refusal(status, [message(key, args, related)]);
}

/** A resource as clients get it: with its path, type and ETag. */
export function documentOf(path: string, resource: Resource): JsonObject {
  const plain: Record<string, Json> = {
    "@odata.id": path,
    ...(resource.type ? { "@odata.type": `#${resource.type}` } : {}),
    ...resource.read?.(),
  };
  return { ...plain, "@odata.etag": etagOf(plain) };
}

/** Equal contents have equal tags; any change makes another. */
function etagOf(document: JsonObject): string {
  return `"${createHash("sha256").update(JSON.stringify(document)).digest("hex").slice(0, 16)}"`;
}

export function link(path: string): JsonObject {
  return { "@odata.id": path };
}

export function collection(name: string, paths: readonly string[]): JsonObject {
  return { Name: name, Members: paths.map(link), "Members@odata.count": paths.length };
}
