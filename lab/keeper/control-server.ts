import { createServer, type Server, type Socket } from "node:net";
import { Refusal } from "../../core/problems";
import { jsonObject } from "../host/json-line";
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
  // Such as too many open files for one connection more: those that are open go on.
  server.on("error", () => {});
  return server;
}

function serve(socket: Socket, commands: ControlCommands): void {
  socket.on("error", () => {});
  onLines(socket, (line) => {
    void answerTo(requestIn(line), commands).then((answer) => {
      if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
    });
  });
}

function requestIn(line: string): ControlRequest | undefined {
  const { id, command, options = {} } = jsonObject(line) ?? {};
  if (typeof id !== "number" || typeof command !== "string") return undefined;
  if (typeof options !== "object" || options === null) return undefined;
  return { id, command, options: options as Record<string, unknown> };
}

async function answerTo(request: ControlRequest | undefined, commands: ControlCommands): Promise<ControlAnswer> {
  if (!request) return { id: 0, error: "the line is no request: { id, command, options }", refused: true };
  const { id, command, options } = request;
  try {
    const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
    if (!run) throw new Error(`the keeper knows no command ${command}; "down", then "up" starts one of this version`);
    return { id, result: (await run(options)) ?? null };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { id, error: said, refused: error instanceof Refusal };
  }
}
