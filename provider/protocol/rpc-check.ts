import { CheckFailure, type CheckRequest, CheckResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { Problem } from "../../core/problems";
import { encode } from "./encode";
import { messageOf } from "./errors";
import { type Provider, Request } from "./provider";

/** Check: every problem at once, with its path; the inputs with defaults filled in. */
export function check(provider: Provider, message: CheckRequest): CheckResponse {
  const resource = provider.resource(message.getUrn(), message.getType());
  const request = new Request(provider, message.getUrn(), [message.getNews()], resource.inputShape);
  const { value, secrets } = request.part(0);
  const { inputs, problems } = safely(() => resource.check(value), value);
  return new CheckResponse()
    .setInputs(encode(inputs, { secrets, shape: resource.inputShape }))
    .setFailuresList(failures(problems, request.redact));
}

/** An unexpected exception becomes a failure like any other, so that what else is wrong is shown beside it. */
function safely<T>(run: () => { inputs: T; problems: readonly Problem[] }, inputs: T) {
  try {
    return run();
  } catch (error) {
    return { inputs, problems: [{ path: "", message: messageOf(error) }] };
  }
}

export function failures(problems: readonly Problem[], redact: (text: string) => string): CheckFailure[] {
  return problems.map(({ path, message }) => new CheckFailure().setProperty(path).setReason(redact(message)));
}
