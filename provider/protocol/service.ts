import { Metadata, status } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type * as pb from "@pulumi/pulumi/proto/provider_pb";
import {
  GetMappingResponse,
  GetMappingsResponse,
  GetSchemaResponse,
  ProviderHandshakeResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { InvalidRequest, toServiceError } from "./errors";
import type { EngineLog } from "./log";
import type { Provider } from "./provider";
import { check } from "./rpc-check";
import { checkConfig, configure, diffConfig } from "./rpc-config";
import { diff } from "./rpc-diff";
import { invoke } from "./rpc-invoke";
import { read } from "./rpc-read";
import { create, remove, update } from "./rpc-write";
import { packageSchema } from "./schema";

/** One RPC: a message in, a message out, or an error that becomes a gRPC status. */
// The messages of gRPC's service table have no common type; each method below names its own.
type Method = (message: never) => object | Promise<object>;

/** The methods of ResourceProviderService by their names in the service table. */
export function methods(provider: Provider, log: EngineLog): Record<string, Method> {
  return {
    handshake(message: pb.ProviderHandshakeRequest) {
      log.connectTo(message.getEngineAddress());
      provider.workshop.reopen();
      return new ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true).setAcceptOutputs(false);
    },
    attach(message: import("@pulumi/pulumi/proto/plugin_pb").PluginAttach) {
      log.connectTo(message.getAddress());
      provider.workshop.reopen();
      return new Empty();
    },
    getPluginInfo: () => new PluginInfo().setVersion(provider.definition.version),
    getSchema(message: pb.GetSchemaRequest) {
      if (message.getVersion() !== 0)
        throw new InvalidRequest(`schema version ${message.getVersion()} is not known here, only 0`);
      return new GetSchemaResponse().setSchema(JSON.stringify(packageSchema(provider.definition)));
    },
    checkConfig: (message: pb.CheckRequest) => checkConfig(provider, message),
    diffConfig: (message: pb.DiffRequest) => diffConfig(provider, message),
    configure: (message: pb.ConfigureRequest) => configure(provider, message),
    check: (message: pb.CheckRequest) => check(provider, message),
    diff: (message: pb.DiffRequest) => diff(provider, message),
    create: (message: pb.CreateRequest) => create(provider, message),
    read: (message: pb.ReadRequest) => read(provider, message),
    update: (message: pb.UpdateRequest) => update(provider, message),
    delete: (message: pb.DeleteRequest) => remove(provider, message),
    invoke: (message: pb.InvokeRequest) => invoke(provider, message),
    cancel() {
      provider.workshop.cancel();
      return new Empty();
    },
    // `pulumi convert` asks every provider; none of ours maps to another ecosystem's.
    getMapping: () => new GetMappingResponse(),
    getMappings: () => new GetMappingsResponse(),
    parameterize: unimplemented("Parameterize"),
    construct: unimplemented("Construct"),
    call: unimplemented("Call"),
    list: unimplemented("List"),
  };
}

function unimplemented(name: string): Method {
  return () => {
    throw { code: status.UNIMPLEMENTED, details: `this provider does not implement ${name}`, metadata: new Metadata() };
  };
}

/**
 * An error as gRPC status; one that is a status already (a partial failure, UNIMPLEMENTED) stays as it is. Errors from
 * outside a request's work quote the configuration, so `redact` hides its secrets in all of them.
 */
export function asStatus(error: unknown, redact: (text: string) => string): object {
  const isStatus =
    typeof error === "object" && error !== null && "code" in error && "details" in error && "metadata" in error;
  if (isStatus) return error;
  const status = toServiceError(error);
  return { ...status, details: redact(status.details ?? "") };
}
