import { randomUUID } from "node:crypto";
import { type ReadRequest, ReadResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { PlainObject } from "../../core/diff/plain";
import { ReachError } from "../reach/reach";
import { encode } from "./encode";
import { type Hidden, hiddenIn, withHidden } from "./hidden-outputs";
import { InitFailed, initFailedStatus } from "./init-failed";
import { readWithLedger } from "./ownership/ledger";
import type { Place } from "./place";
import type { Provider } from "./provider";
import { Request } from "./request";
import { outputSecrecy } from "./rpc-write";

/** What a read has found, and what the state is to know of it besides. */
interface Found {
  readonly observed: PlainObject;
  readonly hidden: Hidden;
}

/**
 * Read: refresh (with the state's inputs, which stay) and import (with nothing but the id: the inputs are those
 * observed fields that can be said as inputs, and defaults). An empty id says: reached, and not there. A machine that
 * cannot be reached is an error, never an empty id, which would drop the resource from the state. What failed at the
 * last attempt still fails here, so that the next update tries it again.
 *
 * A refresh that cannot reach the machine fails with the state as it was. Before an update the engine reads with the
 * address and password of the last one (deployment_executor.go refresh: the old provider, the old inputs) and ends the
 * update at a plain error: a changed password could never be said, and one dead machine would stop all others. This way
 * it warns, plans an update, and that one fails where the machine still cannot be reached.
 */
export async function read(provider: Provider, message: ReadRequest): Promise<ReadResponse> {
  const resource = provider.resource(message.getUrn(), message.getType());
  const structs = [message.getInputs(), message.getProperties()];
  const request = new Request(provider, message.getUrn(), structs, resource.outputShape, message.getTimeout());
  const [inputs, state] = [request.part(0), request.part(1).value];
  const importing = Object.keys(inputs.value).length === 0;
  const hidden = hiddenIn(state);
  const place = request.place(resource, message.getId(), inputs.value, hidden.claim ?? randomUUID());
  const inputSecrecy = { secrets: inputs.secrets, shape: resource.inputShape };
  const found = importing
    ? await lookAtStranger(place, request.stack)
    : await look(place, inputs.value, state, hidden).catch((error: unknown) => {
        if (!(error instanceof ReachError) || error.phase === "cancelled") throw error;
        const failure = new InitFailed(message.getId(), state, inputs.value, [error.message], false);
        throw initFailedStatus(failure, outputSecrecy(resource, request, hidden), inputSecrecy, request.redact);
      });
  if (!found) return new ReadResponse();
  const said = importing ? resource.importedInputs(found.observed) : inputs.value;
  const outputs = withHidden({ ...resource.keptOf(said), ...found.observed }, found.hidden);
  const secrecy = outputSecrecy(resource, request, found.hidden);
  const { unfinished = [] } = found.hidden;
  if (unfinished.length > 0) {
    const failure = new InitFailed(message.getId(), outputs, said, unfinished);
    throw initFailedStatus(failure, secrecy, inputSecrecy, request.redact);
  }
  return new ReadResponse()
    .setId(message.getId())
    .setInputs(encode(said, inputSecrecy))
    .setProperties(encode(outputs, secrecy))
    .setRefreshBeforeUpdate(true);
}

async function look(place: Place, inputs: PlainObject, state: PlainObject, hidden: Hidden): Promise<Found | undefined> {
  const observed = await place.run(({ looking }) => place.resource.observe(looking, place.key, { inputs, state }));
  return observed && { observed, hidden };
}

/** Import: what this stack itself owned already, it goes on owning, with what was there before. */
async function lookAtStranger(place: Place, stack: string): Promise<Found | undefined> {
  const { observed, ledger } = await place.run(({ looking }) =>
    readWithLedger(place.resource, looking, place.key, () => place.resource.observe(looking, place.key, {})),
  );
  if (!observed) return undefined;
  const { record } = ledger;
  if (record?.owner.stack !== stack) return { observed, hidden: {} };
  const previous = place.resource.definition.ownerIn ? {} : { previous: record.previous };
  return { observed, hidden: { claim: record.owner.claim, ...previous } };
}
