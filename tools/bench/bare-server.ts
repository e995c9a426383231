import { Server, ServerCredentials } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

// The yardstick of plugin-start: the least that speaks the provider protocol and prints its port.
const server = new Server();
server.addService(ResourceProviderService, {
  getPluginInfo: (_call: unknown, callback: (error: null, info: PluginInfo) => void) =>
    callback(null, new PluginInfo()),
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, port) =>
  process.stdout.write(`${port}\n`),
);
