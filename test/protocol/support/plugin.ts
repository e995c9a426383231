import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Client,
  credentials,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceError,
} from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** What came over the wire: tests look into it freely, a wrong field fails the test. */
// biome-ignore lint/suspicious/noExplicitAny: stands for any message or JSON value, see above
export type Loose = any;
export type Json = Record<string, Loose>;

/** The real bundled plugin of the test provider, an engine that collects its logs, and a client for its RPCs. */
export class Plugin {
  readonly logs: { message: string; urn: string; ephemeral: boolean; severity: number }[] = [];
  readonly directory = mkdtempSync(join(tmpdir(), "gpudirect-protocol-"));
  /** Where records of ownership are kept: not among the machine's own. */
  readonly stateDirectory = join(this.directory, "state");
  readonly stdout: string[] = [];
  child!: ChildProcess;
  private client!: Client;
  private engine!: Server;

  /** Starts the test provider, or that of another entry point. */
  static async start(entry = join(__dirname, "main.ts"), define: Record<string, string> = {}): Promise<Plugin> {
    const plugin = new Plugin();
    const { bundle } = await import("../../../tools/build/bundle.mjs" as string);
    const outfile = join(plugin.directory, "pulumi-resource-test");
    await bundle({ entry, outfile, define });
    const engine = await plugin.startEngine();
    plugin.child = spawn(outfile, ["--logtostderr", "-v=9", engine], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, GPUDIRECT_STATE_DIRECTORY: plugin.stateDirectory },
    });
    const port = await new Promise<string>((resolve) =>
      plugin.child.stdout?.on("data", (data: Buffer) => {
        plugin.stdout.push(data.toString());
        resolve(data.toString().trim());
      }),
    );
    const options = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
    plugin.client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
    return plugin;
  }

  /** Sends one RPC by its name in the service table. */
  call<T = Loose>(name: keyof typeof ResourceProviderService, message: object): Promise<T> {
    const method = ResourceProviderService[name] as unknown as MethodDefinition<object, object>;
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        message,
        (error, answer) => (error ? reject(error) : resolve(answer as T)),
      );
    });
  }

  stop(): void {
    this.client.close();
    this.engine.forceShutdown();
    this.child.kill("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true });
  }

  private startEngine(): Promise<string> {
    this.engine = new Server();
    this.engine.addService(EngineService, {
      log: ({ request }: { request: LogRequest }, callback: (error: null, empty: Empty) => void) => {
        this.logs.push(request.toObject() as unknown as (typeof this.logs)[number]);
        callback(null, new Empty());
      },
    });
    return new Promise((resolve) =>
      this.engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_, port) =>
        resolve(`127.0.0.1:${port}`),
      ),
    );
  }
}

export const urn = "urn:pulumi:dev::project::test:index:Settings::it";

export const struct = (value: Json): Struct => Struct.fromJavaScript(value);

export const plain = (value: Struct | undefined): Json => value?.toJavaScript() ?? {};

export const secret = (value: unknown): Json => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

/** The partial failure inside an error, as the engine's parseError finds it; undefined in a plain one. */
export function initFailed(error: ServiceError): ErrorResourceInitFailed | undefined {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!bytes) return undefined;
  const status = Status.deserializeBinary(new Uint8Array(bytes as Buffer));
  const [detail] = status.getDetailsList();
  if (detail?.getTypeName() !== "pulumirpc.ErrorResourceInitFailed")
    throw new Error(`unexpected detail ${detail?.getTypeName()}`);
  return ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
}

export async function failure(promise: Promise<unknown>): Promise<ServiceError> {
  try {
    await promise;
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error("expected a failure");
}
