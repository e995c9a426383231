import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import type { Bmc } from "../../../../../lab/bmc/bmc";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The JSON of the body; {} without one. Tests look at what they expect in it. */
  // biome-ignore lint/suspicious/noExplicitAny: a reply's shape is what the tests assert.
  readonly body: any;
}

export interface Call {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Speaks HTTPS to a BMC, trusting its certificate file and nothing else. */
export class RedfishClient {
  readonly #bmc: Bmc;
  readonly #login: Readonly<Record<string, string>>;

  constructor(bmc: Bmc, login: Readonly<Record<string, string>> = {}) {
    this.#bmc = bmc;
    this.#login = login;
  }

  /** A client that logs in by Basic authentication as the first user of that role. */
  static as(bmc: Bmc, roleId = "Administrator"): RedfishClient {
    const user = bmc.users.find((known) => known.roleId === roleId);
    assert.ok(user, `no user with the role ${roleId}`);
    return new RedfishClient(bmc, basic(user.userName, user.password));
  }

  get(path: string, call: Call = {}): Promise<Reply> {
    return this.call("GET", path, call);
  }

  patch(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.call("PATCH", path, { body, headers });
  }

  post(path: string, body: unknown = {}): Promise<Reply> {
    return this.call("POST", path, { body });
  }

  call(method: string, path: string, { body, headers = {} }: Call = {}): Promise<Reply> {
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#bmc.url}${path}`, {
        method,
        ca: readFileSync(this.#bmc.certificateFile),
        agent: false,
        headers: {
          ...this.#login,
          ...(text === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
          ...headers,
        },
      });
      sent.on("error", reject);
      sent.on("response", (response) => {
        let received = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          received += part;
        });
        response.on("error", reject);
        response.on("end", () => {
          const isJson = response.headers["content-type"]?.startsWith("application/json") && received !== "";
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: received,
            body: isJson ? JSON.parse(received) : {},
          });
        });
      });
      sent.end(text);
    });
  }
}

export function basic(userName: string, password: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${userName}:${password}`).toString("base64")}` };
}

/** Keys of a reply's messages, without the registry's name and version. */
export function keysOf(reply: Reply): string[] {
  const messages = reply.body.error?.["@Message.ExtendedInfo"] ?? reply.body["@Message.ExtendedInfo"] ?? [];
  return messages.map(({ MessageId }: { MessageId: string }) => MessageId.split(".").at(-1));
}
