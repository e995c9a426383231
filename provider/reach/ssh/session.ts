import { randomBytes } from "node:crypto";
import { endOf, spawnDetached } from "../child";
import { ReachError, type ReachPhase } from "../reach";
import type { Running, Streams } from "../running";
import { within } from "../within";
import type { Connection } from "./connection";
import { type FramedOutput, readFramed } from "./framed-output";
import { commandLine, MISSING } from "./remote-script";

/** Time that a stopped command has to end before nobody waits for it any more, in milliseconds. */
const STOP_MS = 1500;
/** Time for ssh to end when the command has ended, in milliseconds; a daemon that it left may keep the session. */
const LINGER_MS = 500;

/** The server allows no more sessions on the connection: the command was not started. */
export class SessionRefused extends Error {}

/** A command for a machine, and its names for messages. */
export interface SessionCommand {
  readonly argv: readonly [string, ...string[]];
  readonly hasInput: boolean;
  readonly machine: string;
  readonly task: string;
}

/** Runs a command over a connection. `ended` rejects with SessionRefused too; `onExit` is called when ssh has ended. */
export function startSession(
  connection: Connection,
  command: SessionCommand,
  streams: Streams,
  onExit: () => void,
): Running {
  const { argv, hasInput, machine, task } = command;
  const fail = (phase: ReachPhase, reason: string) => new ReachError(machine, task, phase, reason);
  const nonce = randomBytes(8).toString("hex");
  const child = spawnDetached(["ssh", ...connection.sessionArgs]);
  const output = readFramed(nonce, child, streams);
  const exit = endOf(child, (error) => fail("start", `ssh could not be started: ${error.message}`)).finally(onExit);
  // Whoever stops a command does not ask how it ended.
  exit.catch(() => undefined);

  const result = output.result.then((code) => {
    within(
      exit.then(() => true).catch(() => true),
      LINGER_MS,
    ).then((gone) => gone || child.kill());
    if (code !== MISSING) return Number(code);
    throw fail("start", `there is no program ${argv[0]}; install it or put it on PATH`);
  });
  const broken = exit.then(async () => {
    if (output.stage() === "ended") return result;
    // A connection that broke ends just before or just after its commands do.
    const lastWords = await within(connection.ended, LINGER_MS);
    throw breach(output, lastWords, fail);
  });
  const ended = Promise.race([result, broken]);
  ended.catch(() => undefined);

  const stop = async () => {
    output.begun.then((group) => connection.kill(group));
    const gone = await within(
      exit.then(() => true).catch(() => true),
      STOP_MS,
    );
    child.kill("SIGKILL");
    return gone === true;
  };
  child.stdin.write(commandLine(argv, nonce, hasInput));
  return { stdin: child.stdin, ended, stop };
}

/** Why ssh ended before the command did. `lastWords` is what the connection said when it ended. */
function breach(
  output: FramedOutput,
  lastWords: string | undefined,
  fail: (phase: ReachPhase, reason: string) => ReachError,
): Error {
  if (lastWords !== undefined) {
    const words = lastWords.trim() && `\nssh said: ${lastWords.trim()}`;
    return fail("lost", `the connection was lost, so whether it took effect is not known${words}`);
  }
  if (output.stage() === "running") {
    return fail("lost", "the shell that ran it has ended on the machine without an exit code");
  }
  const complaint = output.complaint();
  if (/refused by peer/.test(complaint)) return new SessionRefused(complaint);
  return fail(/^sudo:/m.test(complaint) ? "privilege" : "start", `no shell could be started: ${complaint}`);
}
