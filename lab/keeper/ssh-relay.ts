import { createConnection, createServer, type Server, type Socket } from "node:net";

/** The two ends of one connection. */
interface Relayed {
  readonly client: Socket;
  readonly host: Socket;
}

/**
 * The network between the user and the simulated host's sshd: one port for the life of the lab host, whichever port the
 * machine process of the moment has. What it does not forward, a cut cable would not either.
 */
export class SshRelay {
  readonly #server: Server;
  readonly #open = new Set<Relayed>();
  #target: number | undefined;
  #blocked = false;

  private constructor(server: Server) {
    this.#server = server;
    // Such as too many open files for one connection more: those that are open go on.
    server.on("error", () => {});
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
    if (blocked === this.#blocked) return;
    this.#blocked = blocked;
    for (const relayed of this.#open) blocked ? disconnect(relayed) : connect(relayed);
  }

  /** Ends what is open with a reset, as a router does that lost its state. */
  cut(): void {
    for (const { client, host } of this.#open) {
      client.resetAndDestroy();
      host.destroy();
    }
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #relay(client: Socket): void {
    client.on("error", () => {});
    if (this.#target === undefined) return void client.resetAndDestroy();
    const host = createConnection(this.#target, "127.0.0.1");
    host.on("error", () => {});
    const relayed = { client, host };
    this.#open.add(relayed);
    client.once("close", () => {
      host.destroy();
      this.#open.delete(relayed);
    });
    host.once("close", () => client.destroy());
    if (!this.#blocked) connect(relayed);
  }
}

function connect({ client, host }: Relayed): void {
  client.pipe(host).pipe(client);
}

/** Unpiped, not paused: a pipe that waits for its reader would flow again by itself. */
function disconnect({ client, host }: Relayed): void {
  client.unpipe(host);
  host.unpipe(client);
}
