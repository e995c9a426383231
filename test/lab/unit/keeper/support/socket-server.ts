import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const open: { server: Server; folder: string; sockets: Set<Socket> }[] = [];

/** A Unix socket that answers as a test says. */
export async function socketServer(serve: (socket: Socket) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "gpudirect-socket-"));
  const path = join(folder, "socket");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, () => resolve()));
  open.push({ server, folder, sockets });
  return path;
}

/** To be called after each test. */
export async function closeSocketServers(): Promise<void> {
  for (const { server, folder, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    rmSync(folder, { recursive: true, force: true });
  }
}
