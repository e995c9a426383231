import type { ServiceError } from "@grpc/grpc-js";
import { Metadata, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { PlainObject } from "../../core/diff/plain";
import { encode, type Secrecy } from "./encode";
import { withHidden } from "./hidden-outputs";

/** Something exists, but not as wanted. Carries what exists, so that the state keeps it and the next up goes on from there. */
export class InitFailed extends Error {
  override name = "InitFailed";
  constructor(
    readonly id: string,
    readonly outputs: PlainObject,
    readonly inputs: PlainObject,
    readonly reasons: readonly string[],
    /** Whether the state remembers the failure until an update goes well. */
    readonly remembered = true,
  ) {
    super(reasons.join("\n"));
  }
}

/**
 * As gRPC status: code UNKNOWN and the detail in the binary trailer `grpc-status-details-bin`, a google.rpc.Status.
 * Source: @pulumi/pulumi provider/server.js grpcResponseFromError; read by the engine's plugin/provider_plugin.go parseError.
 */
export function initFailedStatus(
  failure: InitFailed,
  outputs: Secrecy,
  inputs: Secrecy,
  redact: (text: string) => string,
): Partial<ServiceError> {
  const reasons = failure.reasons.map(redact);
  const properties = failure.remembered ? withHidden(failure.outputs, { unfinished: reasons }) : failure.outputs;
  const detail = new ErrorResourceInitFailed()
    .setId(failure.id)
    .setProperties(encode(properties, outputs))
    .setInputs(encode(failure.inputs, inputs))
    .setReasonsList(reasons)
    .setRefreshBeforeUpdate(true);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const message = redact(failure.message);
  const trailer = new Status().setCode(status.UNKNOWN).setMessage(message);
  trailer.addDetails(any);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(trailer.serializeBinary()));
  return { code: status.UNKNOWN, details: message, metadata };
}
