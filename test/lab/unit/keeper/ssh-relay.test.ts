import assert from "node:assert/strict";
import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { SshRelay } from "../../../../lab/keeper/ssh-relay";
import { eventually } from "../../../support/eventually";

/** Sends back what it gets, with its name in front. */
async function echo(name: string): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on("error", () => {}).on("data", (data) => socket.write(`${name}:${data}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return { server, port: (server.address() as { port: number }).port };
}

class Client {
  text = "";
  error: NodeJS.ErrnoException | undefined;
  closed = false;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = createConnection(port, "127.0.0.1");
    this.socket.setEncoding("utf8").on("data", (data) => {
      this.text += data;
    });
    this.socket.on("error", (error) => {
      this.error = error;
    });
    this.socket.on("close", () => {
      this.closed = true;
    });
  }

  async says(text: string, answer: string): Promise<void> {
    this.socket.write(text);
    await eventually(`answer ${answer}`, () => this.text.endsWith(answer));
  }
}

describe("relay to the simulated host's sshd", () => {
  let relay: SshRelay;
  let one: Awaited<ReturnType<typeof echo>>;
  let two: Awaited<ReturnType<typeof echo>>;

  beforeEach(async () => {
    [one, two, relay] = await Promise.all([echo("one"), echo("two"), SshRelay.listen(0)]);
  });

  afterEach(async () => {
    await relay.close();
    for (const { server } of [one, two]) await new Promise((resolve) => server.close(resolve));
  });

  it("resets connections while the machine is off, and relays to where it runs now", async () => {
    const early = new Client(relay.port);
    await eventually("the connection is reset", () => early.closed);
    assert.equal(early.error?.code, "ECONNRESET");
    relay.target = one.port;
    const first = new Client(relay.port);
    await first.says("hello", "one:hello");
    relay.target = two.port;
    await eventually("what is open ends with its machine", () => first.closed);
    await new Client(relay.port).says("hello", "two:hello");
  });

  it("cuts what is open with a reset; new connections work", async () => {
    relay.target = one.port;
    const client = new Client(relay.port);
    await client.says("a", "one:a");
    relay.cut();
    await eventually("the connection is cut", () => client.closed);
    assert.equal(client.error?.code, "ECONNRESET");
    await new Client(relay.port).says("b", "one:b");
  });

  it("hangs while it is blocked, also in the middle of a bulk transfer, and loses nothing", async () => {
    // Whoever does not read makes the relay wait for room: that must not make it flow again.
    let received = 0;
    const source = createServer((socket) => {
      socket.on("error", () => {});
      socket.end(Buffer.alloc(8 * 2 ** 20, "x"));
    });
    await new Promise<void>((resolve) => source.listen(0, "127.0.0.1", () => resolve()));
    relay.target = (source.address() as { port: number }).port;
    const bulk = createConnection(relay.port, "127.0.0.1");
    const read = (): void => {
      for (let data = bulk.read(); data !== null; data = bulk.read()) received += data.length;
    };
    await once(bulk, "readable");
    relay.blocked = true;
    bulk.on("readable", read);
    read();
    let before = -1;
    await eventually("what is on its way has arrived", async () => {
      const still = received === before;
      before = received;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return still && received === before;
    });
    assert.ok(received < 8 * 2 ** 20, `the relay stopped in the middle, after ${received} bytes`);
    relay.blocked = false;
    await eventually("all of it arrives", () => received === 8 * 2 ** 20);
    await new Promise((resolve) => source.close(resolve));
  });

  it("hangs new connections while it is blocked, and serves them afterwards", async () => {
    relay.target = one.port;
    const open = new Client(relay.port);
    await open.says("a", "one:a");
    relay.blocked = true;
    const late = new Client(relay.port);
    late.socket.write("late");
    open.socket.write("b");
    // As soon as another relay has answered to the same, this one would have.
    const other = await SshRelay.listen(0);
    other.target = one.port;
    await new Client(other.port).says("c", "one:c");
    assert.deepEqual([open.text, late.text], ["one:a", ""]);
    relay.blocked = false;
    await eventually("both are answered", () => open.text === "one:aone:b" && late.text === "one:late");
    await other.close();
  });

  it("says which port is taken", async () => {
    await assert.rejects(SshRelay.listen(relay.port), { code: "EADDRINUSE", port: relay.port });
  });
});
