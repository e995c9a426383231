import { Server, ServerCredentials, type sendUnaryData } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

// The yardstick: a provider on the same gRPC library that does nothing, and asks the engine for the same requests.
const methods = {
  handshake: () => new pb.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true),
  attach: () => new Empty(),
  getPluginInfo: () => new PluginInfo().setVersion("0.0.0"),
  getSchema: () => new pb.GetSchemaResponse().setSchema('{"name":"gpudirect"}'),
  checkConfig: (message: pb.CheckRequest) => new pb.CheckResponse().setInputs(message.getNews()),
  diffConfig: () => new pb.DiffResponse().setChanges(pb.DiffResponse.DiffChanges.DIFF_NONE),
  configure: () => new pb.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true).setAcceptresources(true),
  check: (message: pb.CheckRequest) => new pb.CheckResponse().setInputs(message.getNews()),
  diff: () => new pb.DiffResponse().setChanges(pb.DiffResponse.DiffChanges.DIFF_NONE),
  create: (message: pb.CreateRequest) =>
    new pb.CreateResponse()
      .setId(message.getUrn().split("::").pop() ?? "")
      .setProperties(message.getProperties())
      .setRefreshBeforeUpdate(true),
  read: (message: pb.ReadRequest) =>
    new pb.ReadResponse()
      .setId(message.getId())
      .setInputs(message.getInputs())
      .setProperties(message.getProperties())
      .setRefreshBeforeUpdate(true),
  cancel: () => new Empty(),
};

const server = new Server();
const handlers = Object.entries(methods).map(([name, method]) => [
  name,
  ({ request }: { request: never }, callback: sendUnaryData<object>) => callback(null, method(request)),
]);
server.addService(ResourceProviderService, Object.fromEntries(handlers));
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, port) =>
  process.stdout.write(`${port}\n`),
);
