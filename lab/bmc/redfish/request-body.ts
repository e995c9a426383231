import type { IncomingMessage } from "node:http";
import { isObject, type JsonObject } from "../json";
import { refuse } from "./resource";

/** The longest body that is read: a BIOS has some hundreds of attributes. */
const LIMIT_BYTES = 1024 * 1024;

/** The bytes of a request, all of them: what is left unread would break the connection's next request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes <= LIMIT_BYTES) parts.push(part);
  }
  if (bytes > LIMIT_BYTES) throw refuse(413, "MalformedJSON");
  return Buffer.concat(parts);
}

/** The JSON object in a body. Clients send actions without parameters with no body at all. */
export function objectIn(body: Buffer, contentType: string | undefined, mayBeEmpty: boolean): JsonObject {
  if (body.length === 0) {
    if (mayBeEmpty) return {};
    throw refuse(400, "UnrecognizedRequestBody");
  }
  if (contentType !== undefined && !/^application\/json\s*(;|$)/i.test(contentType)) {
    throw refuse(415, "UnrecognizedRequestBody");
  }
  const value = parsed(body.toString("utf8"));
  if (!isObject(value)) throw refuse(400, "UnrecognizedRequestBody");
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(400, "MalformedJSON");
  }
}
