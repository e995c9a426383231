import { EventEmitter } from "node:events";
import { createConnection, type Socket } from "node:net";
import { jsonObject } from "../host/json-line";
import { onLines } from "../host/lines";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** An event of QEMU's machine protocol: `{ event: "SHUTDOWN", data: { guest: true, reason: "guest-reset" } }`. */
export interface QmpEvent {
  readonly event: string;
  readonly data?: Record<string, unknown>;
}

/**
 * QEMU's machine protocol (docs/interop/qmp-spec). Commands are answered in order.
 * @fires event with a QmpEvent
 */
export class Qmp extends EventEmitter<{ event: [QmpEvent] }> {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    onLines(socket, (line) => this.#take(line));
    socket.on("error", () => {}).once("close", () => this.#fail(new Error("QEMU closed its monitor")));
  }

  /** @throws Error where nobody listens at the path, QEMU ends, or it says nothing within the limit */
  static async connect(path: string, limitMs: number): Promise<Qmp> {
    const socket = createConnection(path);
    let late: Error | undefined;
    const limit = setTimeout(() => {
      late = new Error(`QEMU's monitor did not answer within ${limitMs / 1000} s`);
      socket.destroy(late);
    }, limitMs);
    try {
      await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
      const qmp = new Qmp(socket);
      await qmp.execute("qmp_capabilities");
      return qmp;
    } catch (error) {
      socket.destroy();
      throw late ?? error;
    } finally {
      clearTimeout(limit);
    }
  }

  /** @throws Error with QEMU's own description */
  execute(command: string, args?: Record<string, unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error(`QEMU has ended: no ${command}`));
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }) })}\n`);
    });
  }

  /** A command of the human monitor, for what the machine protocol lacks: `savevm`. Its answer, empty where all went well. */
  async human(command: string): Promise<string> {
    return (await this.execute("human-monitor-command", { "command-line": command })) as string;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(line: string): void {
    const message = jsonObject(line);
    // Answers come in order: after one that cannot be read, nobody knows whose the next one is.
    if (!message) this.#socket.destroy();
    else if (typeof message.event === "string") this.emit("event", message as unknown as QmpEvent);
    else if (message.error) {
      this.#waiting.shift()?.reject(new Error(`QEMU: ${(message.error as { desc?: string }).desc}`));
    } else if ("return" in message) this.#waiting.shift()?.resolve(message.return);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
