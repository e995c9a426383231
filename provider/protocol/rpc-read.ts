import { type ReadRequest, ReadResponse } from "@pulumi/pulumi/proto/provider_pb";
import { encode } from "./encode";
import { type Provider, Request } from "./provider";
import { outputSecrecy } from "./rpc-write";

/**
 * Read: refresh (with the state's inputs, which stay) and import (with nothing but the id: the inputs are those
 * observed fields that can be said as inputs, and defaults). An empty id says: reached, and not there. A machine that
 * cannot be reached is an error, never an empty id, which would drop the resource from the state.
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
  const said = importing ? resource.check(resource.asInputs(observed)).inputs : inputs.value;
  const outputs = { ...resource.keptOf(said), ...observed };
  return new ReadResponse()
    .setId(message.getId())
    .setInputs(encode(said, { secrets: inputs.secrets, shape: resource.inputShape }))
    .setProperties(encode(outputs, outputSecrecy(resource, request)))
    .setRefreshBeforeUpdate(true);
}
