import { createConnection } from "node:net";
import { basename, dirname } from "node:path";
import { Refusal } from "../../core/problems";
import { jsonObject } from "../host/json-line";
import { onLines } from "../host/lines";
import type { ControlAnswer } from "../keeper/control-server";

/**
 * Asks a lab host's keeper.
 * @param limitMs for what a keeper answers at once; without it, as long as it takes
 * @throws Refusal for what the keeper refuses; Error where it fails, or is not there (see `noKeeper`)
 */
export function ask(
  socketPath: string,
  command: string,
  options: Record<string, unknown> = {},
  limitMs?: number,
): Promise<unknown> {
  const name = basename(dirname(socketPath));
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath, () => socket.write(`${JSON.stringify({ id: 1, command, options })}\n`));
    const late = new Error(`the keeper of ${name} did not answer within ${(limitMs ?? 0) / 1000} s`);
    const limit = limitMs === undefined ? undefined : setTimeout(() => socket.destroy(late), limitMs);
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (!noKeeper(error)) return reject(error);
      const message = `the keeper of ${name} does not run; "npm run lab -- up ${name}" starts it again`;
      reject(Object.assign(new Error(message, { cause: error }), { code: error.code }));
    });
    socket.once("close", () => {
      clearTimeout(limit);
      const ended = new Error(`the keeper of ${name} ended before it answered`);
      reject(Object.assign(ended, { code: "ECONNRESET" }));
    });
    onLines(socket, (line) => {
      const answer = jsonObject(line) as ControlAnswer | undefined;
      if (!answer) reject(new Error(`the keeper of ${name} did not answer in JSON`));
      else if ("result" in answer) resolve(answer.result);
      else reject(answer.refused ? new Refusal([{ path: "", message: answer.error }]) : new Error(answer.error));
      socket.destroy();
    });
  });
}

/** Whether an error of `ask` says that no keeper runs, or that it ended in the middle. */
export function noKeeper(error: unknown): boolean {
  return ["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE"].includes((error as NodeJS.ErrnoException).code ?? "");
}
