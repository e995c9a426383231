import { createServer } from "node:net";

/** A port of the loopback that nobody listens on now. */
export async function freePort(): Promise<number> {
  return listenFor(0);
}

/** Whether nobody listens on a port of the loopback now. */
export function isFree(port: number): Promise<boolean> {
  return listenFor(port).then(
    () => true,
    () => false,
  );
}

async function listenFor(wanted: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen(wanted, "127.0.0.1", () => resolve()),
  );
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
