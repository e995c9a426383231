import type { IncomingMessage } from "node:http";
import type { JsonObject } from "../json";
import type { Find } from "../resources";
import { FIXED_DOCUMENTS } from "../resources/service-root";
import type { Service } from "../service";
import { checkPrivilege, senderOf } from "./authentication";
import { errorBody, message } from "./messages";
import { describedBy, metadata } from "./metadata";
import { checkPreconditions, isUnchanged } from "./preconditions";
import { objectIn, readBody } from "./request-body";
import { type Answer, documentOf, type Handler, Refusal, type Resource, refuse } from "./resource";

/** An answer as it goes over the wire, but for the headers that all answers have. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"];
const READS = ["GET", "HEAD"];

/** Answers a request as DSP0266 orders the checks: version, login, path, method, privilege, query, body, precondition. */
export async function answerTo(service: Service, find: Find, request: IncomingMessage): Promise<WireAnswer> {
  const url = new URL(request.url ?? "/", "https://bmc");
  const path = url.pathname.replace(/(?<=.)\/+$/, "");
  let allow: readonly string[] = [];
  try {
    const body = await readBody(request);
    // Found after the body came: from here to the write nothing else runs, so a precondition holds until it.
    const resource = find(path);
    allow = allowed(resource);
    return await answered(service, request, { url, path, resource, allow, body });
  } catch (error) {
    const refusal = error instanceof Refusal ? error : failure(error);
    const headers = {
      ...(refusal.status === 401 ? { "WWW-Authenticate": 'Basic realm="Redfish"' } : {}),
      ...(refusal.status === 405 ? { Allow: allow.join(", ") } : {}),
    };
    return json(refusal.status, errorBody(refusal.messages), headers);
  }
}

interface Target {
  readonly url: URL;
  readonly path: string;
  readonly resource: Resource | undefined;
  readonly allow: readonly string[];
  readonly body: Buffer;
}

async function answered(service: Service, request: IncomingMessage, target: Target): Promise<WireAnswer> {
  const { url, path, resource, allow } = target;
  const method = request.method ?? "GET";
  const { headers } = request;
  if (headers["odata-version"] !== undefined && headers["odata-version"] !== "4.0") {
    throw refuse(412, "PreconditionFailed");
  }
  if (!METHODS.includes(method)) throw refuse(501, "OperationNotAllowed");
  const fixed = fixedDocument(path);
  if (fixed) {
    if (!READS.includes(method)) throw refuse(405, "OperationNotAllowed");
    return { ...fixed, headers: { ...fixed.headers, Allow: "GET, HEAD" } };
  }

  const sender = senderOf(service, headers);
  if (!sender && !resource?.open?.includes(method)) throw refuse(401, "AccessDenied");
  if (!resource) throw refuse(404, "ResourceMissingAtURI", [path]);
  if (!allow.includes(method)) throw refuse(405, "OperationNotAllowed");
  if (sender && !resource.open?.includes(method)) checkPrivilege(sender, method, path, resource);
  const query = [...url.searchParams.keys()].find((name) => name.startsWith("$"));
  if (query) throw refuse(501, "QueryParameterUnsupported", [query]);

  const document = resource.type ? documentOf(path, resource) : undefined;
  const etag = document?.["@odata.etag"] as string | undefined;
  if (READS.includes(method)) return read(service, document as JsonObject, resource, headers, allow);
  if (etag) checkPreconditions(headers, etag, method === "PATCH" && isGuarded(service, resource));
  const body = method === "DELETE" ? {} : objectIn(target.body, headers["content-type"], method === "POST");
  const answer = await (handlerOf(resource, method) as Handler)({ body, sender });
  return written(service, path, resource, answer);
}

function isGuarded(service: Service, resource: Resource): boolean {
  return service.modes.needsIfMatch && (resource.guarded ?? false);
}

function read(
  service: Service,
  document: JsonObject,
  resource: Resource,
  headers: IncomingMessage["headers"],
  allow: readonly string[],
): WireAnswer {
  const etag = document["@odata.etag"] as string;
  const common = { ETag: etag, Allow: allow.join(", "), ...linkHeader(resource.type) };
  if (isUnchanged(headers, etag)) return { status: 304, headers: common, text: "" };
  return json(resource.status ?? 200, asVendor(service, document), common);
}

/** The answer to a write. Where it holds the resource itself, the resource's new ETag goes with it. */
function written(service: Service, path: string, resource: Resource, answer: Answer): WireAnswer {
  const { status, body, headers = {} } = answer;
  const location = headers.Location ? { Location: slashed(service, headers.Location) } : {};
  if (!body) return { status, headers: { ...headers, ...location }, text: "" };
  const isOwn = body["@odata.id"] === path;
  return json(status, asVendor(service, body), {
    ...headers,
    ...location,
    ...(isOwn ? { ETag: body["@odata.etag"] as string, ...linkHeader(resource.type) } : {}),
  });
}

function handlerOf(resource: Resource, method: string): Handler | undefined {
  switch (method) {
    case "PATCH":
      return resource.patch;
    case "POST":
      return resource.post;
    case "DELETE":
      return resource.delete;
    default:
      return undefined;
  }
}

function allowed(resource: Resource | undefined): string[] {
  if (!resource) return [];
  return [
    ...(resource.read ? READS : []),
    ...["POST", "PATCH", "DELETE"].filter((method) => handlerOf(resource, method) !== undefined),
  ];
}

function fixedDocument(path: string): WireAnswer | undefined {
  if (path === "/redfish/v1/$metadata") {
    return { status: 200, headers: { "Content-Type": "application/xml; charset=utf-8" }, text: metadata() };
  }
  const document = FIXED_DOCUMENTS[path];
  return document && json(200, document, {});
}

function linkHeader(type: string | undefined): Record<string, string> {
  return type ? { Link: `<${describedBy(type)}>; rel=describedby` } : {};
}

export function json(status: number, body: JsonObject, headers: Readonly<Record<string, string>>): WireAnswer {
  return {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
    text: JSON.stringify(body),
  };
}

/** Links as the vendor writes them. */
function asVendor(service: Service, document: JsonObject): JsonObject {
  if (!service.flavour.trailingSlash) return document;
  const isLink = (name: string, value: unknown): value is string =>
    (name === "@odata.id" || name === "target") && typeof value === "string";
  const text = JSON.stringify(document, (name, value) => (isLink(name, value) ? slashed(service, value) : value));
  return JSON.parse(text) as JsonObject;
}

function slashed(service: Service, path: string): string {
  return service.flavour.trailingSlash && !path.endsWith("/") ? `${path}/` : path;
}

function failure(error: unknown): Refusal {
  return new Refusal(500, [
    { ...message("InternalError"), Message: `The service failed: ${(error as Error).message}` },
  ]);
}
