import { setTimeout as wait } from "node:timers/promises";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { ProviderDefinition } from "./definition";
import { exitWithParent } from "./exit";

/**
 * How long a caller may take to hang up. The engine keeps its connection without a call, and ends the process about a
 * second after the signal: sessions at BMCs are to be ended before that.
 */
const HANG_UP_MS = 200;

type Unary = (call: ServerUnaryCall<never, object>, callback: sendUnaryData<object>) => void;

/**
 * Serves a provider as Pulumi starts plugins: the port alone on standard output, logs to the engine whose address is the
 * last argument. What takes time to load (definitions with their schemas, and the methods) loads after the port is
 * printed, while the engine connects.
 */
export async function serve(
  load: () => Promise<ProviderDefinition>,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  forgetPulumiVariables();
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const table = once(() => loadTable(load, args));
  const entries = Object.entries(ResourceProviderService).map(([name, method]) => [
    name,
    method.responseStream ? refuseStream : unary(name, table),
  ]);
  server.addService(ResourceProviderService, Object.fromEntries(entries));
  const port = await bind(server);
  exitWithParent(async () => {
    const { cancel, close } = await table();
    cancel();
    await Promise.race([new Promise<void>((done) => server.tryShutdown(() => done())), wait(HANG_UP_MS)]);
    await close();
  });
  process.stdout.write(`${port}\n`);
  // A failure to load shows at the first request, which waits for the same promise.
  setImmediate(() => void table().catch(() => undefined));
}

/**
 * The engine hands the stack's configuration to plugins in PULUMI_CONFIG too, with secrets in plain, and the passphrase and
 * the access token come from the user's shell: nothing that this process starts may inherit them.
 */
function forgetPulumiVariables(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith("PULUMI_")) delete process.env[name];
}

async function loadTable(load: () => Promise<ProviderDefinition>, args: readonly string[]) {
  const [{ methods, asStatus }, { Provider }, { EngineLog }, { Workshop }, definition] = await Promise.all([
    import("./service"),
    import("./provider"),
    import("./log"),
    import("./work"),
    load(),
  ]);
  const log = new EngineLog(engineAddress(args));
  const workshop = new Workshop(log);
  const provider = new Provider(definition, workshop);
  return {
    methods: methods(provider, log),
    asStatus: (error: unknown) => asStatus(error, (text) => provider.redact(text)),
    cancel: () => workshop.cancel(),
    close: () => provider.inventory.close(),
  };
}

function unary(name: string, table: () => ReturnType<typeof loadTable>): Unary {
  return (call, callback) => {
    const answer = async () => {
      const { methods, asStatus } = await table();
      try {
        const method = methods[name];
        if (!method) throw new Error(`no method ${name}`);
        callback(null, await method(call.request));
      } catch (error) {
        callback(asStatus(error) as Parameters<typeof callback>[0]);
      }
    };
    answer().catch((error: unknown) =>
      callback({
        code: 13,
        details: `the provider could not start: ${error instanceof Error ? error.message : error}`,
      }),
    );
  };
}

const refuseStream = (call: { emit(event: "error", status: object): void }) =>
  call.emit("error", { code: 12, details: "this provider does not implement streams" });

/** Flags like `--tracing URL` come before the engine's address. Source: pulumi/pkg resource/plugin/plugin.go buildPluginArguments. */
function engineAddress(args: readonly string[]): string | undefined {
  const last = args[args.length - 1];
  return last && !last.startsWith("-") && args[args.length - 2] !== "--tracing" ? last : undefined;
}

function bind(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
