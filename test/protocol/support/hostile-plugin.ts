import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { CheckResponse } from "@pulumi/pulumi/proto/provider_pb";

/** Every program that the provider may start, and what else hostile text could reach. */
const PROGRAMS =
  "sh bash dash env cat ssh ssh-agent ssh-add scp sftp sshpass virsh flock sudo nsenter curl wget touch rm id reboot node";

/** The bundled plugin, on a PATH of programs that do nothing but say that they were started. */
export class HostilePlugin {
  private readonly folder = mkdtempSync(join(tmpdir(), "gpudirect-hostile-"));
  private readonly calls = join(this.folder, "calls");
  private child!: ChildProcess;
  private client!: Client;
  private said = "";

  static async start(entry: string): Promise<HostilePlugin> {
    const plugin = new HostilePlugin();
    const { bundle } = await import("../../../tools/build/bundle.mjs" as string);
    const outfile = join(plugin.folder, "plugin");
    await bundle({ entry, outfile, define: { GPUDIRECT_VERSION: '"0.0.0"' } });
    await plugin.spawn(outfile);
    return plugin;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Sends a message as bytes. */
  send(method: "Check" | "CheckConfig", bytes: Buffer): Promise<CheckResponse> {
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        `/pulumirpc.ResourceProvider/${method}`,
        (message: Buffer) => message,
        (answer: Buffer) => CheckResponse.deserializeBinary(new Uint8Array(answer)),
        bytes,
        { deadline: Date.now() + 20_000 },
        (error, answer) => (error ? reject(error) : resolve(answer as CheckResponse)),
      );
    });
  }

  /** Whether the first process still runs. */
  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null && existsSync(`/proc/${this.pid}`);
  }

  /** What it has started so far: calls of the programs on its PATH, and child processes of whatever kind. */
  started(): string[] {
    const calls = existsSync(this.calls) ? readFileSync(this.calls, "utf8").split("\n").filter(Boolean) : [];
    const children = readdirSync(`/proc/${this.pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${this.pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
    );
    return [...calls, ...children.map((pid) => `process ${pid}`)];
  }

  /** Most memory that it has held, in MiB. */
  get peakMiB(): number {
    const [, kiB] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, "utf8")) ?? [];
    return Number(kiB) / 1024;
  }

  /** What it printed beside its port. */
  get chatter(): string {
    return this.said.replace(/^\d+\n/, "");
  }

  stop(): void {
    this.client?.close();
    this.child?.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async spawn(program: string): Promise<void> {
    const path = join(this.folder, "path");
    mkdirSync(path);
    for (const name of PROGRAMS.split(" ")) {
      writeFileSync(join(path, name), `#!/bin/sh\necho "${name} $*" >> '${this.calls}'\n`);
      chmodSync(join(path, name), 0o755);
    }
    const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "pipe"], env: { PATH: path } });
    this.child = child;
    child.stderr.on("data", (data: Buffer) => {
      this.said += data.toString();
    });
    const port = await new Promise<string>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the plugin ended with ${code}: ${this.said}`)));
      child.stdout.on("data", (data: Buffer) => {
        this.said += data.toString();
        resolve(data.toString().trim());
      });
    });
    const limits = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
    this.client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), limits);
  }
}
