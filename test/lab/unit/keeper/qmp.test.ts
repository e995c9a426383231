import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { jsonObject } from "../../../../lab/host/json-line";
import { onLines } from "../../../../lab/host/lines";
import { Qmp } from "../../../../lab/keeper/qmp";
import { closeSocketServers, socketServer } from "./support/socket-server";

const GREETING = `{"QMP": {"version": {}, "capabilities": []}}\n`;
const LIMIT_MS = 10_000;

/** A QEMU that negotiates, then answers commands as the test says. */
const qemu = (answer: (command: string, socket: Socket) => void): Promise<string> =>
  socketServer((socket) => {
    socket.write(GREETING);
    onLines(socket, (line) => {
      const command = String(jsonObject(line)?.execute);
      if (command === "qmp_capabilities") socket.write(`{"return": {}}\n`);
      else answer(command, socket);
    });
  });

describe("QEMU's machine protocol", () => {
  afterEach(closeSocketServers);
  it("gives each command its own answer, with events in between and lines in pieces", async () => {
    const path = await qemu((command, socket) => {
      socket.setNoDelay().write(`{"event": "RESUME", "timestamp": {}}\n{"retu`);
      socket.write(`rn": "${command} done"}\n`);
    });
    const qmp = await Qmp.connect(path, LIMIT_MS);
    const events: string[] = [];
    qmp.on("event", ({ event }) => events.push(event));
    assert.deepEqual(await Promise.all([qmp.execute("one"), qmp.execute("two")]), ["one done", "two done"]);
    assert.deepEqual(events, ["RESUME", "RESUME"]);
    qmp.close();
  });

  it("rejects with QEMU's own description", async () => {
    const path = await qemu((_, socket) =>
      socket.write(`{"error": {"class": "GenericError", "desc": "no such thing"}}\n`),
    );
    const qmp = await Qmp.connect(path, LIMIT_MS);
    await assert.rejects(qmp.execute("query-nothing"), { message: "QEMU: no such thing" });
    qmp.close();
  });

  it("rejects what waits, and what comes after, when QEMU closes or says what is no JSON", async () => {
    for (const end of [(socket: Socket) => socket.destroy(), (socket: Socket) => socket.write("{half\n")]) {
      const qmp = await Qmp.connect(await qemu((_, socket) => end(socket)), LIMIT_MS);
      await assert.rejects(qmp.execute("stop"), { message: "QEMU closed its monitor" });
      await assert.rejects(qmp.execute("cont"), { message: "QEMU has ended: no cont" });
    }
  });

  it("does not wait for ever for a QEMU that takes the connection and says nothing", async () => {
    const path = await socketServer(() => {});
    await assert.rejects(Qmp.connect(path, 50), { message: "QEMU's monitor did not answer within 0.05 s" });
    await assert.rejects(Qmp.connect(`${path}-not-there`, LIMIT_MS), { code: "ENOENT" });
  });
});
