import { randomInt } from "node:crypto";
import { createConnection, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { jsonObject } from "../host/json-line";
import { onLines } from "../host/lines";

const POLL_MS = 100;

export interface GuestCommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command in the simulated host through QEMU's guest agent: the lab's way in for faults and for the clock, which
 * works also where SSH is broken on purpose. One connection a command.
 * @param path socket of the agent's channel
 * @throws Error where the agent or the command does not end within the limit, or nobody is there
 */
export async function guestExec(
  path: string,
  argv: readonly string[],
  limitMs: number,
  input = "",
): Promise<GuestCommandResult> {
  const channel = await AgentChannel.open(path, limitMs);
  try {
    const started = await channel.call("guest-exec", {
      path: argv[0],
      arg: argv.slice(1),
      "input-data": Buffer.from(input).toString("base64"),
      "capture-output": true,
    });
    const { pid } = started as { pid: number };
    for (;;) {
      const status = (await channel.call("guest-exec-status", { pid })) as {
        exited: boolean;
        exitcode?: number;
        "out-data"?: string;
        "err-data"?: string;
      };
      if (status.exited) {
        return {
          status: status.exitcode ?? -1,
          stdout: text(status["out-data"]),
          stderr: text(status["err-data"]),
        };
      }
      await sleep(POLL_MS);
    }
  } finally {
    channel.close();
  }
}

const text = (base64 = ""): string => Buffer.from(base64, "base64").toString("utf8");

/** Ends whatever the agent has half read, and comes back in front of the answer to guest-sync-delimited (QEMU qga/commands.c). */
const SENTINEL = Buffer.from([0xff]);
/** A byte that is no UTF-8, as node reads it. */
const SENTINEL_READ = "\ufffd";

type Take = (line: string) => void;

/** A connection to the agent, all of which together has to be done within the limit. */
class AgentChannel {
  #take: Take = () => {};
  #failed: Error | undefined;
  #reject: (error: Error) => void = () => {};
  readonly #limit: NodeJS.Timeout;

  private constructor(
    readonly socket: Socket,
    limitMs: number,
  ) {
    const late = `the guest agent did not answer within ${limitMs / 1000} s`;
    this.#limit = setTimeout(() => this.#fail(new Error(late)), limitMs);
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the guest agent's channel was closed: the machine ended")));
    onLines(socket, (line) => this.#take(line));
  }

  static async open(path: string, limitMs: number): Promise<AgentChannel> {
    const channel = new AgentChannel(createConnection(path), limitMs);
    try {
      await channel.#synchronize();
      return channel;
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  async call(command: string, args: Record<string, unknown>): Promise<unknown> {
    this.socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const answer = await this.#next((line) => jsonObject(line));
    if (answer.error) throw new Error(`guest agent: ${(answer.error as { desc?: string }).desc}`);
    return answer.return;
  }

  close(): void {
    clearTimeout(this.#limit);
    this.socket.destroy();
  }

  /** What an earlier connection asked for and did not wait for is still answered: it is skipped, up to our own answer. */
  async #synchronize(): Promise<void> {
    const id = randomInt(2 ** 31);
    this.socket.write(SENTINEL);
    this.socket.write(`${JSON.stringify({ execute: "guest-sync-delimited", arguments: { id } })}\n`);
    await this.#next((line) => {
      const delimited = line.split(SENTINEL_READ);
      const answer = delimited.length > 1 ? jsonObject(delimited.at(-1) as string) : undefined;
      return answer?.return === id ? answer : undefined;
    });
  }

  /** The first line that is what is waited for. */
  #next(wanted: (line: string) => Record<string, unknown> | undefined): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      if (this.#failed) return reject(this.#failed);
      this.#reject = reject;
      this.#take = (line) => {
        const found = wanted(line);
        if (found) resolve(found);
      };
    });
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.#reject(this.#failed);
    this.socket.destroy();
  }
}
