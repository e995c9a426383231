import { credentials } from "@grpc/grpc-js";
import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

type Severity = "debug" | "info" | "warning" | "error";

/**
 * Messages to the user through the engine's Log RPC: standard output is the plugin's handshake and its standard error
 * is hidden. Connects on the first message. A message that cannot be delivered is dropped: work goes on without it.
 */
export class EngineLog {
  private client: Promise<{ engine: EngineClient; pb: typeof import("@pulumi/pulumi/proto/engine_pb") }> | undefined;

  constructor(private address: string | undefined) {}

  /** The engine's address, from the command line, the handshake or Attach; the last one counts. */
  connectTo(address: string): void {
    if (address === "" || address === this.address) return;
    this.address = address;
    void this.client?.then(({ engine }) => engine.close());
    this.client = undefined;
  }

  /** `ephemeral` replaces the resource's status line; other messages stay as diagnostics. */
  async send(severity: Severity, message: string, urn: string, ephemeral = false): Promise<void> {
    if (!this.address) return;
    this.client ??= connect(this.address);
    const { engine, pb } = await this.client;
    const request = new pb.LogRequest()
      .setSeverity(pb.LogSeverity[severity.toUpperCase() as keyof typeof LogSeverity])
      .setMessage(message)
      .setUrn(urn)
      .setEphemeral(ephemeral);
    await new Promise<void>((done) => engine.log(request, () => done()));
  }
}

async function connect(address: string) {
  const [{ EngineClient }, pb] = await Promise.all([
    import("@pulumi/pulumi/proto/engine_grpc_pb"),
    import("@pulumi/pulumi/proto/engine_pb"),
  ]);
  return { engine: new EngineClient(address, credentials.createInsecure()), pb };
}
