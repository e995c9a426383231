import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { guestExec } from "../../../../lab/keeper/guest-agent";
import { closeSocketServers, socketServer } from "./support/socket-server";

const LIMIT_MS = 10_000;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

interface Call {
  readonly execute: string;
  readonly arguments: Record<string, unknown>;
}

/** Answers as qemu-ga 7.2 does, seen with the real one: the sentinel ends what is half read, with an error of its own. */
function agent(answer: (call: Call, socket: Socket) => void, stale = ""): Promise<string> {
  return socketServer((socket) => {
    socket.write(stale);
    let rest = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() as string;
      for (const line of lines) {
        const begun = line.lastIndexOf("\xff");
        if (begun >= 0) socket.write(`{"error": {"class": "GenericError", "desc": "JSON parse error"}}\n`);
        const call = JSON.parse(line.slice(begun + 1)) as Call;
        if (call.execute !== "guest-sync-delimited") answer(call, socket);
        else socket.write(Buffer.concat([Buffer.from([0xff]), Buffer.from(`{"return": ${call.arguments.id}}\n`)]));
      }
    });
  });
}

describe("QEMU's guest agent", () => {
  afterEach(closeSocketServers);
  it("gives status and output of a command, whatever an earlier connection left unanswered", async () => {
    const calls: Call[] = [];
    let polls = 0;
    const stale = `{"return": {"pid": 7}}\nhalf of an ans\n\n{"return": 5}\n`;
    const path = await agent((call, socket) => {
      calls.push(call);
      if (call.execute === "guest-exec") return void socket.write(`{"return": {"pid": 42}}\n`);
      polls++;
      const done = { exited: true, exitcode: 3, "out-data": base64("größer\n"), "err-data": base64("no\n") };
      socket.write(`${JSON.stringify({ return: polls > 1 ? done : { exited: false } })}\n`);
    }, stale);
    assert.deepEqual(await guestExec(path, ["/bin/sh", "-c", "cat"], LIMIT_MS, "a key"), {
      status: 3,
      stdout: "größer\n",
      stderr: "no\n",
    });
    assert.deepEqual(calls[0]?.arguments, {
      path: "/bin/sh",
      arg: ["-c", "cat"],
      "input-data": base64("a key"),
      "capture-output": true,
    });
    assert.deepEqual(calls[1]?.arguments, { pid: 42 });
  });

  it("fails with the agent's own words", async () => {
    const path = await agent((_, socket) =>
      socket.write(`{"error": {"desc": "Guest agent command failed: no program"}}\n`),
    );
    await assert.rejects(guestExec(path, ["/none"], LIMIT_MS), {
      message: "guest agent: Guest agent command failed: no program",
    });
  });

  it("fails at the limit where the agent is silent, and where the command does not end", async () => {
    const message = "the guest agent did not answer within 0.2 s";
    await assert.rejects(guestExec(await socketServer(() => {}), ["/bin/true"], 200), { message });
    const path = await agent(({ execute }, socket) => {
      socket.write(execute === "guest-exec" ? `{"return": {"pid": 42}}\n` : `{"return": {"exited": false}}\n`);
    });
    await assert.rejects(guestExec(path, ["/bin/sleep", "9"], 200), { message });
  });

  it("fails where the machine ends meanwhile, or there is none", async () => {
    const path = await agent((_, socket) => socket.destroy());
    await assert.rejects(guestExec(path, ["/bin/true"], LIMIT_MS), /channel was closed: the machine ended/);
    await assert.rejects(guestExec(`${path}-not-there`, ["/bin/true"], LIMIT_MS), { code: "ENOENT" });
  });
});
