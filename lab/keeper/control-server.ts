import { createServer, type Server, type Socket } from "node:net";
import { Refusal } from "../../core/problems";
import { onLines } from "../host/lines";

/** A command to the keeper, one JSON line; the answer is one JSON line with the same id. */
export interface ControlRequest {
  readonly id: number;
  readonly command: string;
  readonly options: Record<string, unknown>;
}

export type ControlAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string; readonly refused: boolean };

export type ControlCommands = Readonly<Record<string, (options: Record<string, unknown>) => Promise<unknown>>>;

/** The keeper's own socket, which only its user may open: the folder is the user's alone. */
export async function serveControl(path: string, commands: ControlCommands): Promise<Server> {
  const server = createServer((socket) => serve(socket, commands));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, () => resolve()));
  return server;
}

function serve(socket: Socket, commands: ControlCommands): void {
  socket.on("error", () => {});
  onLines(socket, async (line) => {
    const answer = await answerTo(JSON.parse(line) as ControlRequest, commands);
    if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`);
  });
}

async function answerTo({ id, command, options }: ControlRequest, commands: ControlCommands): Promise<ControlAnswer> {
  try {
    const run = commands[command];
    if (!run) throw new Error(`the keeper knows no command ${command}; "down", then "up" starts one of this version`);
    return { id, result: (await run(options)) ?? null };
  } catch (error) {
    return { id, error: (error as Error).message, refused: error instanceof Refusal };
  }
}
