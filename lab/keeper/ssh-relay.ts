import { createConnection, createServer, type Server, type Socket } from "node:net";

/**
 * The network between the user and the simulated host's sshd: one port for the life of the lab host, whichever port the
 * machine process of the moment has. What it does not forward, a cut cable would not either.
 */
export class SshRelay {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #target: number | undefined;
  #blocked = false;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (client) => this.#relay(client));
  }

  /** @throws Error where the port is taken */
  static async listen(port: number): Promise<SshRelay> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve());
    });
    return new SshRelay(server);
  }

  /** The port of the machine process's own forwarding; undefined while the machine is off. */
  set target(port: number | undefined) {
    this.#target = port;
    this.cut();
  }

  /** Whether connections reach the host; open ones hang from here on, as behind a cut cable. */
  set blocked(blocked: boolean) {
    this.#blocked = blocked;
    for (const socket of this.#open) blocked ? socket.pause() : socket.resume();
  }

  /** Ends what is open with a reset, as a router does that lost its state. */
  cut(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #relay(client: Socket): void {
    this.#hold(client);
    if (this.#target === undefined) return void client.resetAndDestroy();
    const host = createConnection(this.#target, "127.0.0.1");
    this.#hold(host);
    client.pipe(host).pipe(client);
    client.once("close", () => host.destroy());
    host.once("close", () => client.destroy());
    if (this.#blocked) {
      client.pause();
      host.pause();
    }
  }

  #hold(socket: Socket): void {
    this.#open.add(socket);
    socket.on("error", () => {}).once("close", () => this.#open.delete(socket));
  }
}
