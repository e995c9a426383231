import { createConnection } from "node:net";
import { Refusal } from "../../core/problems";
import { onLines } from "../host/lines";
import type { ControlAnswer } from "../keeper/control-server";

/**
 * Asks a lab host's keeper.
 * @throws Refusal for what the keeper refuses; Error where it fails, or is not there (code ENOENT or ECONNREFUSED)
 */
export function ask(socketPath: string, command: string, options: Record<string, unknown> = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath, () => socket.write(`${JSON.stringify({ id: 1, command, options })}\n`));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the lab host's keeper ended before it answered")));
    onLines(socket, (line) => {
      const answer = JSON.parse(line) as ControlAnswer;
      if ("result" in answer) resolve(answer.result);
      else reject(answer.refused ? new Refusal([{ path: "", message: answer.error }]) : new Error(answer.error));
      socket.destroy();
    });
  });
}

/** Whether an error of `ask` says that no keeper runs. */
export function noKeeper(error: unknown): boolean {
  return ["ENOENT", "ECONNREFUSED"].includes((error as NodeJS.ErrnoException).code ?? "");
}
