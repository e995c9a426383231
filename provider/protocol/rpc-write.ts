import {
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type UpdateRequest,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { PlainObject } from "../../core/diff/plain";
import { converge, type Goal } from "./converge";
import { encode, type Secrecy } from "./encode";
import { InitFailed, initFailedStatus } from "./init-failed";
import { previewOutputs } from "./preview";
import { type Provider, Request } from "./provider";
import type { Resource } from "./resource";

export async function create(provider: Provider, message: CreateRequest): Promise<CreateResponse> {
  const resource = provider.resource(message.getUrn(), message.getType());
  const request = new Request(provider, message.getUrn(), [message.getProperties()], resource.inputShape);
  const wanted = request.part(0).value;
  const secrecy = outputSecrecy(resource, request);
  const response = new CreateResponse().setRefreshBeforeUpdate(true);
  if (message.getPreview())
    return response.setProperties(encode(previewOutputs(resource, wanted, undefined, []), secrecy));
  const id = resource.definition.id(wanted);
  const outputs = await attempt(resource, request, message.getTimeout(), { id, wanted, ignore: [] });
  return response.setId(id).setProperties(encode(outputs, secrecy));
}

export async function update(provider: Provider, message: UpdateRequest): Promise<UpdateResponse> {
  const resource = provider.resource(message.getUrn(), message.getType());
  const structs = [message.getNews(), message.getOlds(), message.getOldInputs()];
  const request = new Request(provider, message.getUrn(), structs, resource.inputShape);
  const [wanted, state, previous] = [request.part(0).value, request.part(1).value, request.part(2).value];
  const ignore = message.getIgnorechangesList();
  const secrecy = outputSecrecy(resource, request);
  const response = new UpdateResponse().setRefreshBeforeUpdate(true);
  if (message.getPreview()) {
    return response.setProperties(encode(previewOutputs(resource, wanted, state, ignore, previous), secrecy));
  }
  const planned = resource.decide({ observed: state, wanted, previous, ignore });
  const goal = { id: message.getId(), wanted, state, planned, ignore };
  return response.setProperties(encode(await attempt(resource, request, message.getTimeout(), goal), secrecy));
}

export async function remove(provider: Provider, message: DeleteRequest): Promise<Empty> {
  const resource = provider.resource(message.getUrn(), message.getType());
  const structs = [message.getProperties(), message.getOldInputs()];
  const request = new Request(provider, message.getUrn(), structs, resource.outputShape);
  const state = request.part(0).value;
  await request.run(message.getTimeout(), (context) => resource.definition.destroy(context, message.getId(), state));
  return new Empty();
}

/** Output places are secret where the schema says so or where an input of the same path was. */
export function outputSecrecy(resource: Resource, request: Request): Secrecy {
  return { secrets: request.secrets, shape: resource.outputShape, wholeLists: true };
}

async function attempt(
  resource: Resource,
  request: Request,
  timeout: number,
  goal: Omit<Goal, "lookAgain">,
): Promise<PlainObject> {
  try {
    const lookAgain: Goal["lookAgain"] = (work) => request.lookAgain(work);
    return await converge(resource, (work) => request.run(timeout, work), { ...goal, lookAgain });
  } catch (error) {
    if (!(error instanceof InitFailed)) throw error;
    const inputs = { secrets: request.part(0).secrets, shape: resource.inputShape };
    throw initFailedStatus(error, outputSecrecy(resource, request), inputs, request.redact);
  }
}
