import { type DiffRequest, DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import type { Change } from "../../core/diff/field-diff";
import type { Provider } from "./provider";
import { Request } from "./request";

const kinds = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

/**
 * Diff: the observed outputs in state against the new inputs. (The engine calls a refresh a change only where this
 * shows one: a diff of inputs against inputs would show no drift.)
 */
export function diff(provider: Provider, message: DiffRequest): DiffResponse {
  const resource = provider.resource(message.getUrn(), message.getType());
  const request = new Request(provider, message.getUrn(), [
    message.getOlds(),
    message.getNews(),
    message.getOldInputs(),
  ]);
  const observed = request.part(0).value;
  const changes = resource.decide({
    observed,
    wanted: request.part(1).value,
    previous: resource.inputsBefore(request.part(2).value, observed),
    ignore: message.getIgnorechangesList(),
  });
  return toResponse(changes);
}

function toResponse(changes: readonly Change[]): DiffResponse {
  const response = new DiffResponse()
    .setChanges(changes.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE)
    .setDiffsList(topLevel(changes))
    .setReplacesList(topLevel(changes.filter((change) => change.replace)))
    // Two resources of one identity cannot exist side by side on a machine.
    .setDeletebeforereplace(true)
    .setHasdetaileddiff(true);
  for (const change of changes) {
    response
      .getDetaileddiffMap()
      .set(change.path, new PropertyDiff().setKind(kinds[change.kind][change.replace ? 1 : 0]));
  }
  return response;
}

function topLevel(changes: readonly Change[]): string[] {
  return [...new Set(changes.map((change) => String(change.keys[0])))];
}
