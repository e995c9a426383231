import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { LabHost } from "../../../lab/client/lab-host";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The benchmark's folder, on a disk and with a short path: hosts' sockets lie in it. */
export interface Scratch {
  readonly path: string;
  /** Something to end, and to wait for, before the folder is removed. */
  onStop(end: () => Promise<unknown>): void;
  /** Does the work; does not come back where it fails because the benchmark is being stopped. */
  unlessStopped<T>(work: () => Promise<T>): Promise<T>;
}

/** Runs `work` with a folder in which lab hosts live; hosts and folder are gone afterwards, also on failure and Ctrl-C. */
export async function inScratch<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const path = mkdtempSync("/var/tmp/gpudirect-bench-");
  const hosts = join(path, "hosts");
  mkdirSync(hosts);
  process.env.GPUDIRECT_LAB_DIRECTORY = hosts;
  const ends: (() => Promise<unknown>)[] = [];
  const clean = async (): Promise<void> => {
    await Promise.all(ends.map((end) => end()));
    for (const name of readdirSync(hosts)) await LabHost.remains(name).down();
    if (existsSync(path)) rmSync(path, { recursive: true, force: true });
  };
  let stopping = false;
  const stop = async (name: (typeof SIGNALS)[number]): Promise<void> => {
    if (stopping) return;
    stopping = true;
    process.stderr.write("\nstopped; removing the benchmark's hosts\n");
    await clean();
    process.exit(128 + constants.signals[name]);
  };
  for (const name of SIGNALS) process.on(name, stop);
  const unlessStopped = async <R>(task: () => Promise<R>): Promise<R> => {
    try {
      return await task();
    } finally {
      // What fails while it is being stopped is no failure to report: stop() ends the process.
      if (stopping) await new Promise(() => {});
    }
  };
  try {
    return await unlessStopped(() => work({ path, onStop: (end) => ends.push(end), unlessStopped }));
  } finally {
    await clean();
    for (const name of SIGNALS) process.off(name, stop);
  }
}
