import { promisify } from "node:util";
import { gunzip, type InputType, inflate, type ZlibOptions } from "node:zlib";
import type { Client } from "undici";
import type { BmcAccess } from "./access";
import { Connector } from "./connector";
import { ExchangeFailure } from "./exchange-failure";
import type { Limits } from "./limits";
import { type Message, messagesOf } from "./messages";

/** A request to a BMC, without login. */
export interface Request {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** From the host on: `/redfish/v1/Systems`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Whether it may be sent twice, as any GET and DELETE may. A login may: at worst a session is left to time out. */
  readonly repeatable?: boolean;
  /** Tries, where fewer than the limit for all; those that did not reach the BMC, or met it busy, are not among them. */
  readonly tries?: number;
}

export interface Answer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the body's JSON holds; undefined where there is none. */
  readonly body: unknown;
  readonly messages: readonly Message[];
  /** The body broke off: all that is known is in status and headers. */
  readonly cut: boolean;
}

type Unzip = (buffer: InputType, options: ZlibOptions) => Promise<Buffer>;
const UNZIP: Readonly<Record<string, Unzip>> = { gzip: promisify(gunzip), deflate: promisify(inflate) };

/** A registry of a thousand attributes is 2 MB. */
const LARGEST = 64 * 1024 * 1024;

/** HTTP with one BMC: one connection, one request at a time, which is what BMCs bear. No retries, no login. */
export class Exchange {
  private client: Promise<Client> | undefined;
  private readonly connector: Connector;

  constructor(
    private readonly access: BmcAccess,
    private readonly limits: Limits,
  ) {
    this.connector = new Connector(access, limits.connectMs);
  }

  /**
   * @throws ExchangeFailure where there was no answer; a body that broke off fails only a GET
   * @throws what the signal was aborted with
   */
  async send({ method, path, headers = {}, body }: Request, signal: AbortSignal): Promise<Answer> {
    this.client ??= this.connect();
    const late = AbortSignal.timeout(this.limits.requestMs);
    const either = AbortSignal.any([signal, late]);
    try {
      const client = await this.client;
      const response = await client.request({
        method,
        path,
        headers: {
          accept: "application/json",
          "accept-encoding": "identity",
          "odata-version": "4.0",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: either,
      });
      const found = flat(response.headers);
      const bytes = await response.body.bytes().catch((error: unknown) => {
        if (either.aborted || method === "GET") throw error;
        return undefined;
      });
      const content = bytes && (await jsonOf(bytes, found["content-encoding"]));
      const common = { status: response.statusCode, headers: found, cut: bytes === undefined };
      return { ...common, body: content, messages: messagesOf(content) };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ExchangeFailure) throw error;
      if (late.aborted) {
        throw new ExchangeFailure("timeout", `it gave no answer within ${this.limits.requestMs / 1000} s`);
      }
      throw new ExchangeFailure("lost", "the connection broke before the answer was whole", { cause: error });
    }
  }

  /** Ends the connection; a later request makes a new one. */
  async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
    await client?.destroy().catch(() => undefined);
    this.connector.close();
  }

  private async connect(): Promise<Client> {
    // Loaded when first needed: the plugin's start does not pay for it.
    const { Client } = await import("undici");
    // The limit of a request is that of its signal.
    const limits = { headersTimeout: 0, bodyTimeout: 0, maxResponseSize: LARGEST };
    return new Client(new URL(this.access.address).origin, { connect: this.connector.connect, ...limits });
  }
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    const text = Array.isArray(value) ? value[0] : value;
    return text === undefined ? [] : [[name.toLowerCase(), text] as const];
  });
  return Object.fromEntries(entries);
}

/** What JSON a body holds; undefined where it holds none. Some BMCs send their registry as a gzip file, unasked. */
async function jsonOf(bytes: Uint8Array, encoding = ""): Promise<unknown> {
  const unzip = bytes[0] === 0x1f && bytes[1] === 0x8b ? UNZIP.gzip : UNZIP[encoding.trim().toLowerCase()];
  try {
    const plain = unzip ? await unzip(bytes, { maxOutputLength: LARGEST }) : Buffer.from(bytes);
    return JSON.parse(plain.toString("utf8").replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}
