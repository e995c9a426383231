import { randomUUID } from "node:crypto";
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
import { type Hidden, hiddenIn, PREVIOUS_KEYS } from "./hidden-outputs";
import { InitFailed, initFailedStatus } from "./init-failed";
import type { Place } from "./place";
import { previewCreate, previewUpdate } from "./preview";
import type { Provider } from "./provider";
import { relinquish } from "./relinquish";
import { Request } from "./request";
import type { Resource } from "./resource";

export async function create(provider: Provider, message: CreateRequest): Promise<CreateResponse> {
  const resource = provider.resource(message.getUrn(), message.getType());
  const structs = [message.getProperties()];
  const request = new Request(provider, message.getUrn(), structs, resource.inputShape, message.getTimeout());
  const wanted = request.part(0).value;
  const response = new CreateResponse().setRefreshBeforeUpdate(true);
  if (message.getPreview()) {
    const outputs = await previewCreate(resource, request, wanted);
    return response.setProperties(encode(outputs, outputSecrecy(resource, request)));
  }
  const id = resource.idOf(wanted) ?? "";
  const place = request.place(resource, id, wanted, randomUUID());
  const outputs = await attempt(resource, request, place, { wanted, ignore: [], hidden: {} });
  return response.setId(id).setProperties(outputs);
}

export async function update(provider: Provider, message: UpdateRequest): Promise<UpdateResponse> {
  const resource = provider.resource(message.getUrn(), message.getType());
  const structs = [message.getNews(), message.getOlds(), message.getOldInputs()];
  const request = new Request(provider, message.getUrn(), structs, resource.inputShape, message.getTimeout());
  const [wanted, state] = [request.part(0).value, request.part(1).value];
  const previous = resource.inputsBefore(request.part(2).value, state);
  const ignore = message.getIgnorechangesList();
  const response = new UpdateResponse().setRefreshBeforeUpdate(true);
  const planned = resource.decide({ observed: state, wanted, previous, ignore });
  if (message.getPreview()) {
    const outputs = await previewUpdate(resource, request, message.getId(), { wanted, state, planned, ignore });
    return response.setProperties(encode(outputs, outputSecrecy(resource, request)));
  }
  const hidden = hiddenIn(state);
  const place = request.place(resource, message.getId(), wanted, hidden.claim ?? randomUUID());
  return response.setProperties(await attempt(resource, request, place, { wanted, state, planned, ignore, hidden }));
}

export async function remove(provider: Provider, message: DeleteRequest): Promise<Empty> {
  const resource = provider.resource(message.getUrn(), message.getType());
  const structs = [message.getProperties(), message.getOldInputs()];
  const request = new Request(provider, message.getUrn(), structs, resource.outputShape, message.getTimeout());
  const state = request.part(0).value;
  const said = request.part(1).value;
  // Older engines send no inputs.
  const inputs = Object.keys(said).length > 0 ? said : resource.asInputs(state);
  const hidden = hiddenIn(state);
  const place = request.place(resource, message.getId(), inputs, hidden.claim ?? "");
  await relinquish(place, { state, inputs: resource.inputsBefore(inputs, state), hidden });
  return new Empty();
}

/** Output places are secret where the schema says so or where an input of the same path was. */
export function outputSecrecy(resource: Resource, request: Request, hidden: Hidden = {}): Secrecy {
  const { secrets } = request;
  if (hidden.previous?.some(({ secret }) => secret)) secrets.mark(PREVIOUS_KEYS);
  const hasSecret = secrets.holdsSecret ? (text: string) => request.redact(text) !== text : undefined;
  return { secrets, shape: resource.outputShape, wholeLists: true, hasSecret, unknownAsText: true };
}

async function attempt(resource: Resource, request: Request, place: Place, goal: Goal) {
  const secrecy = (outputs: PlainObject) => outputSecrecy(resource, request, hiddenIn(outputs));
  try {
    const outputs = await converge(place, goal);
    return encode(outputs, secrecy(outputs));
  } catch (error) {
    if (!(error instanceof InitFailed)) throw error;
    const inputs = { secrets: request.part(0).secrets, shape: resource.inputShape };
    throw initFailedStatus(error, secrecy(error.outputs), inputs, request.redact);
  }
}
