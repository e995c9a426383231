import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, type Server } from "node:net";
import { join } from "node:path";
import { Refusal } from "../../../../core/problems";
import { ask, noKeeper } from "../../../../lab/client/keeper-client";
import { onLines } from "../../../../lab/host/lines";
import { serveControl } from "../../../../lab/keeper/control-server";

describe("control socket of a keeper", () => {
  let folder: string;
  let path: string;
  let server: Server;
  let finish: (text: string) => void = () => {};

  beforeEach(async () => {
    folder = mkdtempSync("/var/tmp/glk-");
    path = join(folder, "control");
    server = await serveControl(path, {
      echo: async (options) => options,
      nothing: async () => undefined,
      refuse: () => Promise.reject(new Refusal([{ path: "name", message: "is no name" }])),
      throwAtOnce: () => {
        throw new Error("broken");
      },
      slow: () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    });
  });

  afterEach(async () => {
    finish("done");
    await new Promise<void>((resolve) => server.close(() => resolve()));
    rmSync(folder, { recursive: true });
  });

  it("answers commands, and errors as what they are", async () => {
    assert.deepEqual(await ask(path, "echo", { a: [1] }), { a: [1] });
    assert.equal(await ask(path, "nothing"), null);
    await assert.rejects(ask(path, "refuse"), (error: unknown) => {
      assert.ok(error instanceof Refusal);
      assert.equal(error.message, "name: is no name");
      return true;
    });
    await assert.rejects(
      ask(path, "throwAtOnce"),
      (error: Error) => !(error instanceof Refusal) && /broken/.test(error.message),
    );
    for (const none of ["fly", "constructor", "toString"]) await assert.rejects(ask(path, none), /knows no command/);
  });

  it("answers others while a command takes long, and goes on after a client that went away", async () => {
    const slow = ask(path, "slow");
    assert.deepEqual(await ask(path, "echo", { b: 2 }), { b: 2 });
    await new Promise<void>((resolve) => {
      const client = createConnection(path, () => client.write('{"id":1,"command":"echo"}\n', () => client.destroy()));
      client.once("close", () => resolve());
    });
    finish("late");
    assert.equal(await slow, "late");
  });

  it("survives half lines, garbage and requests that are none", async () => {
    const lines = [
      "{half",
      "null",
      "[]",
      '"text"',
      '{"id":1}',
      '{"id":"1","command":"echo"}',
      '{"id":1,"command":"echo","options":4}',
    ];
    const answers: string[] = [];
    await new Promise<void>((resolve) => {
      const client = createConnection(path, () => client.write(`${lines.join("\n")}\n{"id":2,"comm`));
      onLines(client, (line) => {
        answers.push(line);
        if (answers.length < lines.length) return;
        client.destroy();
        resolve();
      });
    });
    for (const answer of answers) assert.match(answer, /the line is no request/);
    assert.deepEqual(await ask(path, "echo", {}), {});
  });

  it("says that no keeper runs, and how to start it; and does not wait beyond a limit", async () => {
    const none = join(folder, "none", "control");
    await assert.rejects(ask(none, "status"), (error: Error) => {
      assert.ok(noKeeper(error));
      assert.match(error.message, /keeper of none does not run; "npm run lab -- up none" starts it again/);
      return true;
    });
    await assert.rejects(ask(path, "slow", {}, 50), (error: Error) => {
      assert.ok(!noKeeper(error));
      assert.match(error.message, /did not answer within 0.05 s/);
      return true;
    });
  });
});
