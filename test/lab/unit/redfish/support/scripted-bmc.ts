import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Bmcs, type Limits, type Redfish } from "../../../../../provider/reach/redfish";
import { QUICK } from "./lab-redfish";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: what our client sent is what the tests assert.
  readonly body: any;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or bytes as they are. */
  readonly body?: unknown;
}

/** What a BMC answers, by `METHOD path`: a reply, or what makes one. A plain path is the document of a GET. */
export type Script = Record<string, unknown>;

const BIOS = "/redfish/v1/Systems/1/Bios";
export const PATHS = { bios: BIOS, settings: `${BIOS}/SD`, sessions: "/redfish/v1/SessionService/Sessions" };
export const PASSWORD = 'Geheim"&7';
const TOKEN = "5e551011-70ce-4711";

export const link = (path: string): object => ({ "@odata.id": path });

/** A BMC with one system whose settings object lists what is pending; a script changes what it is to be different in. */
export function plainScript(pending: Record<string, unknown> = {}): Script {
  return {
    "/redfish/v1/": {
      RedfishVersion: "1.18.0",
      Systems: link("/redfish/v1/Systems"),
      Registries: link("/redfish/v1/Registries"),
      Links: { Sessions: link(PATHS.sessions) },
    },
    [`POST ${PATHS.sessions}`]: {
      status: 201,
      headers: { "x-auth-token": TOKEN, location: `${PATHS.sessions}/1` },
      body: {},
    },
    [`DELETE ${PATHS.sessions}/1`]: { status: 204 },
    "/redfish/v1/Systems": { Members: [link("/redfish/v1/Systems/1")] },
    "/redfish/v1/Systems/1": { Id: "1", PowerState: "On", Bios: link(BIOS) },
    [BIOS]: {
      Attributes: { A: "on", B: "on", C: 1, D: true },
      "@Redfish.Settings": { SettingsObject: link(PATHS.settings) },
    },
    [PATHS.settings]: { Attributes: pending },
    [`PATCH ${PATHS.settings}`]: ({ body }: Asked) => {
      Object.assign(pending, body.Attributes);
      return { status: 200, body: {} };
    },
  };
}

const open = new Set<{ server: Server; redfish: Redfish }>();

/** A BMC that answers by a script, over plain HTTP on this machine, and our client for it. */
export async function startScripted(script: Script, limits: Partial<Limits> = {}) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString("utf8");
    const { method = "", url: path = "", headers } = request;
    const one = { method, path, headers, body: text ? JSON.parse(text) : undefined };
    asked.push(one);
    const { status = 200, headers: own = {}, body } = await replyTo(script, one);
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body === undefined ? "" : JSON.stringify(body));
    response.writeHead(status, { "content-type": "application/json", ...own });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const access = { address, user: "admin", password: PASSWORD, verifyCertificate: true };
  const redfish = new Bmcs({ ...QUICK, ...limits }).redfish("node7", access);
  open.add({ server, redfish });
  return { redfish, asked, token: TOKEN };
}

function replyTo(script: Script, asked: Asked): Reply | Promise<Reply> {
  const { method, path } = asked;
  const found = script[`${method} ${path}`];
  if (typeof found === "function") return found(asked) as Reply;
  if (found !== undefined) return found as Reply;
  if (method === "GET" && script[path] !== undefined) return { body: script[path] };
  return { status: 404, body: {} };
}

/** To be called after each test. */
export async function stopScripted(): Promise<void> {
  for (const { server, redfish } of open) {
    await redfish.close();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
  open.clear();
}
