import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostDirectory } from "../host/host-directory";
import { ask } from "./keeper-client";

const GRACE_MS = 30_000;
const POLL_MS = 50;

/** Ends the keeper of a host, and with it the machine: by its own way, else by a signal. */
export async function removeHost(directory: HostDirectory): Promise<void> {
  const pid = keeperPid(directory);
  if (!pid) return;
  await ask(directory.sockets.control, "end").catch(() => {});
  const limit = performance.now() + GRACE_MS;
  while (isKeeper(pid, directory)) {
    // The machine ends with its keeper, whichever way that ends.
    if (performance.now() > limit) process.kill(pid, "SIGKILL");
    await sleep(POLL_MS);
  }
}

function keeperPid(directory: HostDirectory): number | undefined {
  if (!existsSync(directory.keeperPid)) return undefined;
  const pid = Number(readFileSync(directory.keeperPid, "utf8"));
  return isKeeper(pid, directory) ? pid : undefined;
}

/** Process numbers are used again: whoever has this one must be a keeper. */
function isKeeper(pid: number, directory: HostDirectory): boolean {
  const name = directory.path.split("/").pop() as string;
  try {
    const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return argv.some((word) => word.endsWith("lab/keeper/main.ts")) && argv.includes(name);
  } catch {
    return false;
  }
}
