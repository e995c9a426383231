import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { GuestAgentReach, waitUntilAnswers } from "../../provider/reach/guest-agent";
import { LocalReach } from "../../provider/reach/local";
import type { Reach, RunOptions, RunResult } from "../../provider/reach/reach";
import { guestBoot } from "../engine/support/environment";
import { eventually } from "../support/eventually";
import { reachCommandConformance } from "../support/reach-command-conformance";
import { reachEndingConformance } from "../support/reach-ending-conformance";
import { filesConformance } from "../support/reach-files";
import { failsAt, runOptions, runs, uniqueSeconds } from "../support/reach-subject";
import { TestDomain } from "./guest-agent-domain";

/** This machine, which counts what is run on it. */
class CountingReach extends LocalReach {
  scripts = 0;

  override run(script: string, options: RunOptions): Promise<RunResult> {
    this.scripts += 1;
    return super.run(script, options);
  }
}

/** An emulated guest on a busy machine: what has half a minute elsewhere, has more here. */
class PatientReach extends GuestAgentReach {
  override run(script: string, options: RunOptions): Promise<RunResult> {
    return super.run(script, { ...options, timeoutMs: options.timeoutMs < 30_000 ? options.timeoutMs : 150_000 });
  }
}

/** Whether a text is in the arguments of any process of this machine. */
function inArguments(text: string): boolean {
  return readdirSync("/proc").some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`).includes(text);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

/** Folders of runs in the guest, but that of the run that looks. */
async function leftovers(reach: Reach): Promise<string[]> {
  const script = 'for one in /run/gpudirect-*; do [ "$one/script" = "$0" ] || [ ! -e "$one" ] || echo "$one"; done';
  const { stdout } = await reach.run(script, runOptions());
  return stdout.toString().split("\n").filter(Boolean);
}

describe("a guest by its agent", function () {
  this.timeout(180_000);
  const host = new CountingReach();
  const domain = new TestDomain({ boot: guestBoot(), channel: true, memoryMiB: 768 });
  const guest = new PatientReach("guest train-0", { host, domain: domain.name, answerSeconds: 5 });
  const status: string[] = [];
  const wait = (more: { seconds?: number; signal?: AbortSignal; reach?: GuestAgentReach } = {}) =>
    waitUntilAnswers(more.reach ?? guest, {
      seconds: more.seconds ?? 120,
      expected: 30,
      status: (message) => status.push(message),
      signal: more.signal ?? new AbortController().signal,
    });

  before(async () => {
    await domain.define();
    await domain.start();
    await wait();
  });

  after(() => domain.discard());

  afterEach(async () => {
    await eventually("the guest is clear of runs", async () => (await leftovers(guest)).length === 0);
  });

  it("is waited for, with a line on where the wait stands", () => {
    assert.ok(status.length > 0);
    for (const line of status) assert.match(line, /^waiting for the guest agent, \d+ s of about 30 s$/);
  });

  describe("commands", () =>
    reachCommandConformance({ reach: () => guest, maxParallel: 4, bigBytes: 1.5 * 1024 * 1024 }));
  describe("endings", () => reachEndingConformance({ reach: () => guest }));
  filesConformance("guest agent", () => guest, { bigBytes: 1_500_000, rounds: 6 });

  it("takes one round trip to the host", async () => {
    for (const options of [runOptions(), runOptions({ input: "x" }), runOptions({ input: Buffer.alloc(100_000) })]) {
      host.scripts = 0;
      await guest.run("cat >/dev/null; echo done", options);
      await guest.runProgram(["echo", "done"], options);
      assert.equal(host.scripts, 2);
    }
  });

  it("shows neither script nor arguments nor input in any argv of the host, and writes no history", async () => {
    const [script, argument, input] = [0, 1, 2].map(() => randomBytes(12).toString("hex")) as [string, string, string];
    const cache = process.env.XDG_CACHE_HOME ?? `${process.env.HOME}/.cache`;
    const seconds = uniqueSeconds(1);
    let ended = false;
    const work = async () => {
      for (const options of [runOptions({ input }), runOptions({ input: input.repeat(5000) })]) {
        await guest.run(`# ${script}\nsleep ${seconds}`, options);
        await guest.runProgram(["sh", "-c", `sleep ${seconds}`, argument], options);
      }
    };
    const working = work().finally(() => {
      ended = true;
    });
    const encoded = Buffer.from(input.repeat(3)).toString("base64").slice(4, 24);
    const texts = [script, argument, input, encoded];
    await eventually(
      "the work ends",
      () => {
        for (const text of texts) assert.ok(!inArguments(text), text);
        return ended;
      },
      60_000,
    );
    await working;
    const found = await host.runProgram(["grep", "-rlsF", "guest-exec", `${cache}/libvirt/virsh`], runOptions());
    assert.equal(found.stdout.toString(), "");
  });

  it("keeps what it writes in the guest from other users", async () => {
    const { stdout } = await guest.run('stat -c %a "$(dirname "$0")"; umask', runOptions());
    assert.equal(stdout.toString(), "700\n0022\n");
  });

  it("takes its lock on the host, for each domain another", async () => {
    const options = (waitMs: number) => ({ signal: new AbortController().signal, waitMs, holder: "a test" });
    const other = new GuestAgentReach("guest other", { host, domain: "other" });
    const lock = await guest.lock("machine", options(5000));
    await assert.rejects(guest.lock("machine", options(300)), { phase: "locked" });
    await (await other.lock("machine", options(5000))).release();
    await lock.release();
    await (await guest.lock("machine", options(5000))).release();
  });

  it("bounds a command in a guest that is paused while it runs", async () => {
    const seconds = uniqueSeconds(4);
    const run = guest.run(`sleep ${seconds}`, runOptions());
    const ended = assert.rejects(run, (error: Error) => {
      assert.match(error.message, /^guest train-0: try something: .*paused/);
      return failsAt("lost", "guest train-0")(error);
    });
    await eventually("it runs", () => runs(guest, seconds));
    await domain.suspend();
    try {
      await ended;
    } finally {
      await domain.resume();
    }
    await wait();
    await eventually("the guest is clear", async () => (await leftovers(guest)).length === 0, 30_000);
  });

  it("says that a paused guest is not running", async () => {
    await domain.suspend();
    try {
      await assert.rejects(guest.run("true", runOptions()), (error: Error) => {
        assert.match(error.message, /paused/);
        return failsAt("off", "guest train-0")(error);
      });
    } finally {
      await domain.resume();
    }
    await wait();
  });

  it("passes errors of the host through, which name it", async () => {
    const bare = new GuestAgentReach("guest train-0", {
      host,
      domain: domain.name,
      libvirtUri: "qemu+unix:///system?socket=/no/such/socket",
    });
    await assert.rejects(bare.run("true", runOptions()), (error: Error) => {
      assert.match(error.message, /libvirt on this machine says: failed to connect to the hypervisor/);
      return failsAt("connect", "guest train-0")(error);
    });
  });

  it("refuses a name that virsh's prompt cannot take", () => {
    assert.throws(() => new GuestAgentReach("guest", { host, domain: "a\tb" }), TypeError);
  });

  describe("where no agent answers", () => {
    const silent = new TestDomain({ channel: true, memoryMiB: 32 });
    const without = new TestDomain({ channel: false, memoryMiB: 32 });
    const at = (name: string) => new GuestAgentReach("guest x", { host, domain: name, answerSeconds: 2 });

    before(() => Promise.all([silent.define(), without.define()]));
    after(() => Promise.all([silent.discard(), without.discard()]));

    it("names a guest that is shut off, one without channel, and one that is not there", async () => {
      const attempts: [string, RegExp][] = [
        [silent.name, /domain is not running; .*start it/],
        ["gpudirect-test-no-such-domain", /failed to get domain .*virsh list --all/],
      ];
      for (const [name, message] of attempts) {
        await assert.rejects(at(name).run("true", runOptions()), (error: Error) => {
          assert.match(error.message, message);
          return failsAt("off", "guest x")(error);
        });
      }
      await without.start();
      await assert.rejects(wait({ reach: at(without.name) }), /agent is not configured; .*org\.qemu\.guest_agent\.0/);
    });

    it("gives up waiting for a guest that does not boot, saying what to look at", async () => {
      await silent.start();
      const expected =
        /^ReachError: guest x: wait for the guest agent: it did not answer within 1 s \(.*agent is not connected\); see whether the guest boots and runs qemu-guest-agent$/;
      await assert.rejects(wait({ reach: at(silent.name), seconds: 1 }), expected);
      await assert.rejects(at(silent.name).run("true", runOptions()), failsAt("connect", "guest x"));
    });

    it("ends a wait that is cancelled", async () => {
      const cancel = new AbortController();
      const waiting = waitUntilAnswers(at(silent.name), {
        seconds: 100,
        expected: 1,
        status: () => cancel.abort(),
        signal: cancel.signal,
      });
      await assert.rejects(waiting, failsAt("cancelled", "guest x", "wait for the guest agent"));
    });
  });
});

describe("a guest whose agent runs no commands", function () {
  this.timeout(180_000);
  const domain = new TestDomain({ boot: guestBoot(), channel: true, memoryMiB: 256 });
  const guest = new GuestAgentReach("guest strict", { host: new LocalReach(), domain: domain.name });
  const wait = () =>
    waitUntilAnswers(guest, {
      seconds: 120,
      expected: 30,
      status: () => undefined,
      signal: new AbortController().signal,
    });

  before(async () => {
    await domain.define();
    await domain.start();
    await wait();
  });

  after(() => domain.discard());

  it("says what the agent must allow", async () => {
    // The agent reads this when it starts; the guest's init starts it again.
    const block = "mkdir -p /etc/qemu; printf '[general]\\nblock-rpcs=guest-exec\\n' > /etc/qemu/qemu-ga.conf";
    await guest.run(`${block}; (sleep 0.5; killall qemu-ga) > /dev/null 2>&1 &`, runOptions());
    const refused = async () => {
      await wait();
      const error = await guest.run("true", runOptions()).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      return failsAt("privilege", "guest strict")(error) && /block-rpcs/.test((error as Error).message);
    };
    await eventually("the agent refuses", refused, 60_000);
  });
});
