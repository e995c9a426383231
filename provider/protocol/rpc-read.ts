import { type ReadRequest, ReadResponse } from "@pulumi/pulumi/proto/provider_pb";
import { encode } from "./encode";
import { InitFailed, initFailedStatus, unfinishedReasons } from "./init-failed";
import { type Provider, Request } from "./provider";
import { outputSecrecy } from "./rpc-write";

/**
 * Read: refresh (with the state's inputs, which stay) and import (with nothing but the id: the inputs are those
 * observed fields that can be said as inputs, and defaults). An empty id says: reached, and not there. A machine that
 * cannot be reached is an error, never an empty id, which would drop the resource from the state. What failed at the
 * last attempt still fails here, so that the next update tries it again.
 */
export async function read(provider: Provider, message: ReadRequest): Promise<ReadResponse> {
  const resource = provider.resource(message.getUrn(), message.getType());
  const structs = [message.getInputs(), message.getProperties()];
  const request = new Request(provider, message.getUrn(), structs, resource.outputShape);
  const [inputs, state] = [request.part(0), request.part(1).value];
  const importing = Object.keys(inputs.value).length === 0;
  const observed = await request.run(message.getTimeout(), (context) =>
    resource.observe(context, message.getId(), importing ? undefined : inputs.value, state, inputs.value),
  );
  if (!observed) return new ReadResponse();
  const said = importing ? resource.importedInputs(observed) : inputs.value;
  const outputs = { ...resource.keptOf(said), ...observed };
  const inputSecrecy = { secrets: inputs.secrets, shape: resource.inputShape };
  const secrecy = outputSecrecy(resource, request);
  const reasons = unfinishedReasons(state);
  if (reasons.length > 0) {
    const failure = new InitFailed(message.getId(), outputs, said, reasons);
    throw initFailedStatus(failure, secrecy, inputSecrecy, request.redact);
  }
  return new ReadResponse()
    .setId(message.getId())
    .setInputs(encode(said, inputSecrecy))
    .setProperties(encode(outputs, secrecy))
    .setRefreshBeforeUpdate(true);
}
