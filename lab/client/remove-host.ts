import { readdirSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostDirectory } from "../host/host-directory";
import { ask } from "./keeper-client";

const GRACE_MS = 30_000;
const POLL_MS = 50;

/** Ends the keeper of a host, and with it the machine: by its own way, else by a signal. Then removes what it left. */
export async function removeHost(directory: HostDirectory): Promise<void> {
  const pid = keeperPid(directory);
  const limit = performance.now() + GRACE_MS;
  if (pid) await ask(directory.sockets.control, "end", {}, GRACE_MS).catch(() => {});
  while (pid && isKeeper(pid, directory)) {
    if (performance.now() > limit) kill(pid);
    await sleep(POLL_MS);
  }
  // The machine ends with its keeper; where that died a moment ago, it may still be about to.
  for (let machines = machinesOf(directory); machines.length > 0; machines = machinesOf(directory)) {
    for (const machine of machines) kill(machine);
    await sleep(POLL_MS);
  }
  rmSync(directory.path, { recursive: true, force: true, maxRetries: 3 });
}

function keeperPid(directory: HostDirectory): number | undefined {
  try {
    const pid = Number(readFileSync(directory.keeperPid, "utf8"));
    return isKeeper(pid, directory) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Process numbers are used again: whoever has this one must be a keeper. */
function isKeeper(pid: number, directory: HostDirectory): boolean {
  const name = directory.path.split("/").pop() as string;
  const argv = argvOf(pid);
  return argv.some((word) => word.endsWith("lab/keeper/main.ts")) && argv.includes(name);
}

function machinesOf({ sockets }: HostDirectory): number[] {
  const monitor = `path=${sockets.monitor.replaceAll(",", ",,")},`;
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => argvOf(pid).some((word) => word.includes(monitor)));
}

/** Empty where there is no such process, or it has ended and only waits for its parent. */
function argvOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
