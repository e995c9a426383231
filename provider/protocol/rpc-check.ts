import { CheckFailure, type CheckRequest, CheckResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { PlainObject } from "../../core/diff/plain";
import type { Problem } from "../../core/problems";
import { encode } from "./encode";
import { messageOf } from "./errors";
import { shownMessage, shownPath } from "./failure-text";
import type { Provider } from "./provider";
import { Request } from "./request";
import type { Resource } from "./resource";

/** Check: every problem at once, with its path; the inputs with defaults filled in. Reaches for no machine. */
export function check(provider: Provider, message: CheckRequest): CheckResponse {
  const resource = provider.resource(message.getUrn(), message.getType());
  const request = new Request(provider, message.getUrn(), [message.getNews()], resource.inputShape);
  const { value, secrets } = request.part(0);
  const { inputs, problems } = safely(() => checked(provider, resource, message.getUrn(), value), value);
  return new CheckResponse()
    .setInputs(encode(inputs, { secrets, shape: resource.inputShape }))
    .setFailuresList(failures(problems, request.redact));
}

function checked(provider: Provider, resource: Resource, urn: string, value: PlainObject) {
  const { inputs, problems } = resource.check(value);
  if (problems.length > 0) return { inputs, problems };
  const { host, connection } = inputs;
  const unreachable =
    typeof host === "string" ? provider.inventory.problemOf(host, connection !== undefined) : undefined;
  const id = resource.idOf(inputs);
  const twins = id === undefined ? [] : provider.problemOfTwins(id, urn);
  return { inputs, problems: [...(unreachable ? [unreachable] : []), ...twins] };
}

/** An unexpected exception becomes a failure like any other, so that what else is wrong is shown beside it. */
function safely<T>(run: () => { inputs: T; problems: readonly Problem[] }, inputs: T) {
  try {
    return run();
  } catch (error) {
    return { inputs, problems: [{ path: "", message: messageOf(error) }] };
  }
}

/** Failures sent at most; the rest is counted: nobody reads a hundred thousand. */
const MAX_FAILURES = 200;

export function failures(problems: readonly Problem[], redact: (text: string) => string): CheckFailure[] {
  const rest = problems.length - MAX_FAILURES;
  const more = rest > 0 ? [{ path: "", message: `And ${rest} more problems.` }] : [];
  // Redacted before it is cut: half a secret is not found any more.
  return [...problems.slice(0, MAX_FAILURES), ...more].map(({ path, message }) =>
    new CheckFailure().setProperty(shownPath(path)).setReason(shownMessage(redact(message))),
  );
}
