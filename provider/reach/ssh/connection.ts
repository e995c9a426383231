import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { spawnDetached } from "../child";
import { Output } from "../output";
import { within } from "../within";
import type { SshAccess } from "./access";
import { ConnectFailure, connectFailure, noPrivilege, notInTime } from "./connect-failure";
import { addKey, askpassEnv, offerPassword } from "./credentials";
import { Keeper, unrefChild } from "./keeper";
import { knownHosts, masterArgs, sessionArgs } from "./options";
import { masterLine, readyLine, remoteCommand } from "./remote-script";
import { Slots } from "./slots";

/** Sessions of a connection that OpenSSH's server allows (sshd_config(5), MaxSessions), less the one that keeps it. */
const SESSIONS = 9;
/** Time that ssh may take to end, in milliseconds. */
const END_MS = 1000;
/** Time for reading what ssh has said when it has ended, in milliseconds. */
const LAST_WORDS_MS = 200;

/** ssh's own id, for the password program to know it by. */
const EXEC_SSH = 'GPUDIRECT_SSH_PID=$$; export GPUDIRECT_SSH_PID; exec ssh "$@"';

/** A login on a machine, over which any number of commands run. It ends with this process. */
export class Connection {
  readonly slots = new Slots(SESSIONS);
  /** Settles when the connection has ended, with what ssh said. */
  readonly ended: Promise<string>;
  private readonly cleaned: Promise<void>;

  private constructor(
    private readonly keeper: Keeper,
    private readonly master: ChildProcessWithoutNullStreams,
    said: () => string,
    private readonly needsSudo: boolean,
  ) {
    unrefChild(master);
    keeper.unref();
    this.ended = endOf(master).then(said);
    this.cleaned = this.ended.then(() => keeper.end());
  }

  /**
   * Connects and logs in.
   * @throws ConnectFailure
   */
  static async open(access: SshAccess, signal: AbortSignal): Promise<Connection> {
    let keeper: Keeper | undefined;
    try {
      keeper = await Keeper.start(access.privateKey !== undefined).catch((cause: Error) => {
        throw new ConnectFailure("connect", cause.message, { cause });
      });
      if (access.hostKeys) writeFileSync(keeper.path("known_hosts"), knownHosts(access.hostKeys), { mode: 0o600 });
      if (access.privateKey !== undefined) await addKey(keeper, access.privateKey);
      return await Connection.login(access, keeper, signal);
    } catch (error) {
      await keeper?.end();
      throw error;
    }
  }

  private static async login(access: SshAccess, keeper: Keeper, signal: AbortSignal): Promise<Connection> {
    const withdraw = access.password === undefined ? undefined : offerPassword(keeper, access.password);
    const nonce = randomBytes(8).toString("hex");
    const args = masterArgs(access, keeper, remoteCommand(false));
    const master = spawnDetached(["sh", "-c", EXEC_SSH, "sh", ...args], askpassEnv(keeper, access));
    master.stdin.write(masterLine(nonce, access.sudo));
    const stderr = new Output(4096, "tail");
    const said = () => stderr.bytes().toString();
    master.stderr.on("data", (chunk: Buffer) => stderr.add(chunk));
    const answer = new Promise<string>((resolve) => {
      let text = "";
      master.stdout.on("data", (chunk: Buffer) => {
        text = (text + chunk).slice(-4096);
        const word = readyLine(nonce).exec(text)?.[1];
        if (word !== undefined) resolve(word);
      });
    });
    const ended = endOf(master).then(() => "ended");
    let onAbort: () => void = () => undefined;
    const closed = new Promise<string>((resolve) => {
      onAbort = () => resolve("closed");
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
    try {
      const outcome = await within(Promise.race([answer, ended, closed]), access.connectTimeoutSeconds * 1000);
      if (outcome?.startsWith("ready")) return new Connection(keeper, master, said, outcome === "ready root");
      if (outcome === undefined) throw notInTime(access, said());
      if (outcome === "closed") throw new ConnectFailure("connect", "the connection was closed before it was made");
      // What ssh and sudo said is complete when they have ended.
      await within(ended, END_MS);
      throw outcome === "refused" ? noPrivilege(access, said()) : connectFailure(said(), access);
    } catch (error) {
      await end(master);
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
      withdraw?.();
    }
  }

  /** The arguments of ssh that run a remote shell over this connection, as root where that was asked for. */
  get sessionArgs(): string[] {
    return sessionArgs(this.keeper, remoteCommand(this.needsSudo));
  }

  /** Ends a process group on the machine: by SIGTERM, and SIGKILL after 2 s. */
  kill(group: string): void {
    if (/^[1-9]\d+$/.test(group)) this.master.stdin.write(`${group}\n`);
  }

  /** Ends the connection, and what it has left here. Never throws. */
  async close(): Promise<void> {
    await end(this.master);
    await this.cleaned;
  }
}

async function end(master: ChildProcessWithoutNullStreams): Promise<void> {
  const ended = endOf(master).then(() => true);
  master.stdin.end();
  master.kill("SIGTERM");
  if (!(await within(ended, END_MS))) master.kill("SIGKILL");
}

/** Waits for the end of ssh, and for its last words: a jump host's ssh may keep the stream for longer. */
async function endOf(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close").catch(() => undefined);
  await once(child, "exit").catch(() => undefined);
  await within(closed, LAST_WORDS_MS);
}
