import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostDirectory } from "../host/host-directory";
import { logSince } from "../host/log-tail";
import { ask, noKeeper } from "./keeper-client";

const LIMIT_MS = 120_000;
const POLL_MS = 50;
const KEEPER = join(__dirname, "..", "keeper", "main.ts");
/** Exit status of flock where somebody else holds the lock: another keeper, or a machine whose keeper has just died. */
const LOCKED = 75;

/**
 * Starts the keeper of a host, which outlives this process; one that somebody else starts meanwhile serves as well.
 * @throws Error with its own words where it ends at once
 */
export async function startKeeper(directory: HostDirectory, name: string): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  const said = logSince(directory.keeperLog);
  let keeper = launch(directory, name);
  while (!(await answers(directory, LIMIT_MS))) {
    const end = keeper.end();
    if (performance.now() > limit) {
      keeper.kill();
      throw new Error(
        end === LOCKED
          ? `another keeper of ${name} neither answered nor ended within ${LIMIT_MS / 1000} s; "npm run lab -- down ${name}" removes it`
          : `the keeper of ${name} did not answer within ${LIMIT_MS / 1000} s:\n${said()}`,
      );
    }
    if (end === LOCKED) keeper = launch(directory, name);
    else if (end !== undefined) throw new Error(`the keeper of ${name} did not start (${end}):\n${said()}`);
    await sleep(POLL_MS);
  }
}

interface Keeper {
  /** Exit status, signal or reason; undefined while it runs. */
  end(): number | string | undefined;
  kill(): void;
}

/** Under a lock that the machine inherits: two keepers never share a disk, nor does one with the machine of a dead one. */
function launch(directory: HostDirectory, name: string): Keeper {
  const log = openSync(directory.keeperLog, "a", 0o600);
  const lock = ["--nonblock", "--conflict-exit-code", String(LOCKED), "--no-fork", directory.keeperLock];
  const child: ChildProcess = spawn("flock", [...lock, process.execPath, "--import", "tsx", KEEPER, name], {
    cwd: join(__dirname, "..", ".."),
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  let failure: string | undefined;
  child.on("error", (error) => {
    failure = error.message;
  });
  return {
    end: () => failure ?? child.exitCode ?? child.signalCode ?? undefined,
    kill: () => void child.kill("SIGKILL"),
  };
}

async function answers({ sockets }: HostDirectory, limitMs: number): Promise<boolean> {
  try {
    await ask(sockets.control, "status", {}, limitMs);
    return true;
  } catch (error) {
    if (!noKeeper(error)) throw error;
    return false;
  }
}
