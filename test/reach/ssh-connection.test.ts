import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { ReachError } from "../../provider/reach/reach";
import { SshReach } from "../../provider/reach/ssh/ssh";
import { eventually } from "../support/eventually";
import { spawnLockHolder } from "../support/lock-holder-process";
import { failsAt, runOptions, runs, uniqueSeconds } from "../support/reach-subject";
import { type Sshd, type SshdOptions, startSshd } from "../support/sshd";
import { ownTmp, processesOf } from "./support/own-tmp";
import { accessTo } from "./support/ssh";

describe("the connection of ssh", function () {
  this.timeout(60_000);
  const tmp = ownTmp();
  const started: { stop(): Promise<void> }[] = [];

  /** Folders of connections. */
  const left = () => readdirSync(tmp()).filter((name) => name.startsWith("gpudirect-"));
  const server = async (options?: SshdOptions): Promise<Sshd> => {
    const sshd = await startSshd(options);
    started.push(sshd);
    return sshd;
  };
  const reachOf = (access: ReturnType<typeof accessTo>): SshReach => {
    const reach = new SshReach("node7", access);
    started.unshift({ stop: () => reach.close() });
    return reach;
  };
  const say = async (reach: SshReach, text: string) =>
    (await reach.run(`echo ${text}`, runOptions())).stdout.toString().trim();

  afterEach(async () => {
    for (const { stop } of started.splice(0)) await stop();
    assert.deepEqual(left(), [], "nothing is left");
    assert.deepEqual(processesOf(tmp()), [], "no process is left");
  });

  it("is one login for all commands, also for the first ones at the same time", async () => {
    const sshd = await server();
    const reach = reachOf(accessTo(sshd));
    assert.equal(sshd.logins(), 0, "nothing is done before the first use");
    const words = ["a", "b", "c", "d", "e"];
    assert.deepEqual(await Promise.all(words.map((word) => say(reach, word))), words);
    assert.equal(await say(reach, "f"), "f");
    await reach.runProgram(["true"], runOptions());
    assert.equal(sshd.logins(), 1);
  });

  it("is made anew after a close", async () => {
    const sshd = await server();
    const reach = reachOf(accessTo(sshd));
    assert.equal(await say(reach, "a"), "a");
    await Promise.all([reach.close(), reach.close()]);
    assert.equal(await say(reach, "b"), "b");
    assert.equal(sshd.logins(), 2);
  });

  it("serves more commands than the server allows sessions", async () => {
    const sshd = await server({ config: ["MaxSessions 2"] });
    const reach = reachOf(accessTo(sshd));
    const words = ["a", "b", "c", "d", "e"];
    assert.deepEqual(await Promise.all(words.map((word) => say(reach, word))), words);
    assert.equal(sshd.logins(), 1);
  });

  it("says so where the server allows no session besides its own", async () => {
    const reach = reachOf(accessTo(await server({ config: ["MaxSessions 1"] })));
    await assert.rejects(say(reach, "a"), /node7: try something: .*MaxSessions must be at least 2/);
  });

  it("does not mind what login scripts print", async () => {
    const sshd = await server({
      shell: "/bin/bash",
      files: { ".bashrc": "echo noise; echo noise >&2; trap '' TERM\n" },
    });
    const { stdout, stderr } = await reachOf(accessTo(sshd)).run("echo a; echo b >&2", runOptions());
    assert.deepEqual([stdout.toString(), stderr], ["a\n", "b\n"]);
  });

  it("says that nobody answers at a port", async () => {
    const sshd = await server();
    const reach = reachOf(accessTo(sshd));
    await sshd.stop();
    const refused = (error: ReachError) => {
      assert.match(
        error.message,
        /could not be reached by ssh; check address and port.*\nssh said: .*Connection refused/,
      );
      return failsAt("connect", "node7")(error);
    };
    await assert.rejects(say(reach, "a"), refused);
  });

  it("gives up on a machine that does not answer, and says after how long", async () => {
    const silent = createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const reach = reachOf({ address: "127.0.0.1", port, connectTimeoutSeconds: 1, sudo: false });
    const start = performance.now();
    await assert.rejects(say(reach, "a"), (error: ReachError) => {
      assert.match(error.message, /1 s|timed out/);
      return failsAt("connect", "node7")(error);
    });
    assert.ok(performance.now() - start < 5000);
    silent.close();
  });

  it("ends a command that waits for the connection when it is cancelled", async () => {
    const sshd = await server();
    sshd.pause();
    const reach = reachOf(accessTo(sshd));
    const cancel = new AbortController();
    const run = reach.run("echo a", runOptions({ signal: cancel.signal }));
    await eventually("it connects", () => processesOf(`${tmp()}/gpudirect-`).length > 0);
    cancel.abort();
    await assert.rejects(run, failsAt("cancelled", "node7"));
    sshd.resume();
    assert.equal(await say(reach, "b"), "b");
  });

  it("keeps to a command's time on a machine that hangs", async () => {
    const sshd = await server();
    const reach = reachOf(accessTo(sshd));
    await say(reach, "a");
    sshd.pause();
    const start = performance.now();
    await assert.rejects(reach.run("echo a", runOptions({ timeoutMs: 500 })), (error: ReachError) => {
      assert.match(error.message, /took longer than 0\.5 s .*It may still run: node7 did not confirm its end/);
      return failsAt("timeout", "node7")(error);
    });
    assert.ok(performance.now() - start < 3000);
    sshd.resume();
    assert.equal(await say(reach, "b"), "b");
  });

  it("finds a machine that hangs, and connects anew", async () => {
    const sshd = await server();
    const reach = reachOf(accessTo(sshd));
    await say(reach, "a");
    sshd.pause();
    const start = performance.now();
    await assert.rejects(say(reach, "b"), failsAt("lost", "node7"));
    assert.ok(performance.now() - start < 30_000);
    sshd.resume();
    assert.equal(await say(reach, "c"), "c");
    assert.equal(sshd.logins(), 2);
  });

  it("tells commands and locks that it broke, and is made anew", async () => {
    const sshd = await server();
    const reach = reachOf(accessTo(sshd));
    const lock = await reach.lock("test-broken", { ...runOptions(), waitMs: 5000, holder: "test" });
    const seconds = uniqueSeconds(1000);
    const run = reach.run(`sleep ${seconds}`, runOptions());
    const broken = assert.rejects(run, (error: ReachError) => {
      assert.match(error.message, /connection was lost, so whether it took effect is not known/);
      return failsAt("lost", "node7")(error);
    });
    await eventually("it runs", () => runs(reach, seconds));
    sshd.cut();
    await broken;
    await eventually("the lock is lost", () => lock.lost.aborted);
    assert.ok(lock.lost.reason instanceof ReachError && lock.lost.reason.phase === "lost");
    await lock.release();
    await reach.run(`pkill -f [s]leep.${seconds}; rm -f /run/lock/gpudirect-test-broken.*`, runOptions());
    assert.equal(sshd.logins(), 2);
  });

  it("leaves nothing behind when its process is killed", async () => {
    const sshd = await server();
    const holder = spawnLockHolder("test-killed", accessTo(sshd));
    let said = "";
    holder.stdout?.on("data", (chunk) => {
      said += chunk;
    });
    await eventually("it is connected", () => said.includes("locked"), 30_000);
    assert.notDeepEqual(processesOf(tmp()), []);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    await eventually("its processes end", () => processesOf(tmp()).every((args) => args.includes("sshd_config")));
    await eventually("its folder is gone", () => left().length === 0);
    await reachOf(accessTo(sshd)).run("rm -f /run/lock/gpudirect-test-killed.*", runOptions());
  });

  it("does not keep its process from ending", async () => {
    const sshd = await server();
    const access = accessTo(sshd);
    const reach = JSON.stringify(require.resolve("../../provider/reach/ssh/ssh"));
    const program = `const { SshReach } = require(${reach});
      new SshReach("node7", ${JSON.stringify(access)})
        .run("echo done", { signal: new AbortController().signal, timeoutMs: 9000, name: "try" })
        .then((result) => process.stdout.write(result.stdout));`;
    const { spawn } = await import("node:child_process");
    const child = spawn(process.execPath, ["--import", "tsx", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
    });
    const [code] = await once(child, "exit");
    assert.deepEqual([code, said], [0, "done\n"]);
    await eventually("its folder is gone", () => left().length === 0);
  });
});
