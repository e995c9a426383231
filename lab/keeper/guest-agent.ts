import { randomInt } from "node:crypto";
import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
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
 * @throws Error where the agent does not answer within the limit, or not at all
 */
export async function guestExec(
  path: string,
  argv: readonly string[],
  limitMs: number,
  input = "",
): Promise<GuestCommandResult> {
  const channel = await openChannel(path, limitMs);
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

interface Channel {
  call(command: string, args?: Record<string, unknown>): Promise<unknown>;
  close(): void;
}

function openChannel(path: string, limitMs: number): Promise<Channel> {
  const socket = createConnection(path);
  const limit = AbortSignal.timeout(limitMs);
  type Settle = { resolve(value: unknown): void; reject(error: Error): void };
  let waiting: Settle | undefined;
  const fail = (error: Error): void => {
    waiting?.reject(error);
    socket.destroy();
  };
  limit.addEventListener("abort", () =>
    fail(new Error(`the guest agent did not answer within ${Math.round(limitMs / 1000)} s`)),
  );
  socket.on("error", fail).on("close", () => fail(new Error("the guest agent's channel was closed")));
  onLines(socket, (line) => {
    // The agent answers a resynchronisation with a byte that is no JSON in front.
    const message = JSON.parse(line.replace(/^\xff+/, "")) as { return?: unknown; error?: { desc: string } };
    if (message.error) waiting?.reject(new Error(`guest agent: ${message.error.desc}`));
    else waiting?.resolve(message.return);
  });
  const call = (command: string, args?: Record<string, unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      if (limit.aborted || socket.destroyed) return fail(new Error("the guest agent's channel was closed"));
      socket.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }) })}\n`);
    });
  return new Promise((resolve, reject) => {
    waiting = { resolve: () => {}, reject };
    socket.once("connect", async () => {
      try {
        await synchronize(call);
        resolve({ call, close: () => socket.destroy() });
      } catch (error) {
        reject(error);
        socket.destroy();
      }
    });
  });
}

/** What an earlier connection asked for and did not wait for is still answered: skipped here. */
async function synchronize(call: Channel["call"]): Promise<void> {
  const id = randomInt(2 ** 31);
  let answer = await call("guest-sync", { id });
  while (answer !== id) answer = await call("guest-sync", { id });
}
