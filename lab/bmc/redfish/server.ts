import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Certificate } from "../certificate";
import { type Find, resourcesOf } from "../resources";
import type { Service } from "../service";
import { answerTo, json, type WireAnswer } from "./dispatch";
import { errorBody, message } from "./messages";

/** Headers of each answer (DSP0266, "Response headers"). */
const COMMON = { "OData-Version": "4.0", "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff" };

/** Serves a BMC's resources over TLS, with the faults that its modes ask for. */
export class RedfishServer {
  readonly #service: Service;
  readonly #find: Find;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  constructor(service: Service, certificate: Certificate) {
    this.#service = service;
    this.#find = resourcesOf(service);
    this.#server = createServer({ ...certificate, minVersion: "TLSv1.2" }, (request, response) => {
      this.#answer(request, response).catch((error: Error) => {
        service.log(`${request.method} ${pathOf(request)}: ${error.message}`);
        response.destroy();
      });
    });
    this.#server.on("clientError", refuseUnparsable);
    this.#server.on("connection", (socket: Socket) => {
      this.#connections.add(socket);
      socket.on("close", () => this.#connections.delete(socket));
    });
  }

  /** Listens on this machine only, and returns the port. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are open keep the certificate they began with. */
  serve(certificate: Certificate): void {
    this.#server.setSecureContext({ ...certificate, minVersion: "TLSv1.2" });
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#connections) socket.destroy();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { slow } = this.#service.modes;
    if (slow > 0) await sleep(slow, undefined, { ref: false });
    const answer = this.#burstAnswer(request) ?? (await answerTo(this.#service, this.#find, request));
    this.#service.log(`${request.method} ${pathOf(request)}: ${answer.status}`);
    this.#send(request, response, answer);
  }

  #burstAnswer(request: IncomingMessage): WireAnswer | undefined {
    const { errorBurst } = this.#service.modes;
    if (!errorBurst || errorBurst.count === 0) return undefined;
    const rest = { ...errorBurst, count: errorBurst.count - 1 };
    this.#service.store.change((state) => ({ ...state, modes: { ...state.modes, errorBurst: rest } }));
    request.resume();
    const after = String(errorBurst.retryAfterSeconds);
    return json(errorBurst.status, errorBody([message("ServiceTemporarilyUnavailable", [after])]), {
      "Retry-After": after,
    });
  }

  #send(request: IncomingMessage, response: ServerResponse, { status, headers, text }: WireAnswer): void {
    const body = Buffer.from(text);
    const length = status === 204 || status === 304 ? {} : { "Content-Length": String(body.length) };
    response.writeHead(status, { ...COMMON, ...headers, ...length });
    const { cut } = this.#service.modes;
    if (cut > 0) {
      this.#service.store.change((state) => ({ ...state, modes: { ...state.modes, cut: cut - 1 } }));
      cutOff(request, response, body);
      return;
    }
    response.end(request.method === "HEAD" ? undefined : body);
  }
}

/** Sends the headers and half of the body, then nothing: what a client sees when the BMC dies in mid-answer. */
function cutOff(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const half = body.subarray(0, Math.floor(body.length / 2));
  if (half.length === 0) request.socket.destroy();
  else response.write(half, () => request.socket.destroy());
}

/** The path alone: a query may hold anything. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?")[0] as string;
}

/** What node's parser does not take: an unknown method is 501 (DSP0266), all else a bad request. */
function refuseUnparsable(error: NodeJS.ErrnoException, socket: NodeJS.WritableStream & { writable: boolean }): void {
  if (!socket.writable) return;
  const [status, key] =
    error.code === "HPE_INVALID_METHOD"
      ? (["501 Not Implemented", "OperationNotAllowed"] as const)
      : (["400 Bad Request", "GeneralError"] as const);
  const text = JSON.stringify(errorBody([message(key)]));
  const lines = [
    `HTTP/1.1 ${status}`,
    "OData-Version: 4.0",
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${text}`);
}
