import type { IncomingHttpHeaders } from "node:http";
import { refuse } from "./resource";

/** Weak comparison (RFC 9110, 8.8.3.2): services of this kind hand out one tag per content. */
const opaque = (tag: string): string => tag.trim().replace(/^W\//, "");

function names(header: string, etag: string): boolean {
  return header.trim() === "*" || header.split(",").some((tag) => opaque(tag) === opaque(etag));
}

/** Refuses a write whose If-Match does not name the resource's ETag, or has none where one is required. */
export function checkPreconditions(headers: IncomingHttpHeaders, etag: string, isRequired: boolean): void {
  const wanted = headers["if-match"];
  if (wanted === undefined) {
    if (isRequired) throw refuse(428, "PreconditionRequired");
    return;
  }
  if (!names(wanted, etag)) throw refuse(412, "PreconditionFailed");
}

/** Whether the client has this content already (If-None-Match). */
export function isUnchanged(headers: IncomingHttpHeaders, etag: string): boolean {
  const known = headers["if-none-match"];
  return known !== undefined && names(known, etag);
}
