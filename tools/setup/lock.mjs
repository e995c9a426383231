// @ts-check
// One set-up at a time. The kernel's lock needs no clean-up: it ends with the last process that holds the file open,
// so a killed set-up leaves nothing stale behind, while a child that outlived it (npm, go) is still waited for.
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "./cache.mjs";
import { run } from "./run.mjs";

/**
 * @template T
 * @param {() => void} waiting called when another set-up has to be waited for
 * @param {(descriptor: number) => Promise<T>} work gets the locked file, for children that write what the lock guards
 * @returns {Promise<T>}
 */
export async function locked(waiting, work) {
  mkdirSync(cacheDir, { recursive: true });
  const file = openSync(join(cacheDir, "setup.lock"), "a");
  try {
    // flock locks the open file, which it shares with this process: the lock stays here when flock has ended.
    const taken = spawnSync("flock", ["--exclusive", "--nonblock", "3"], {
      stdio: ["ignore", "ignore", "ignore", file],
    });
    if (taken.status === 1) {
      waiting();
      await run("flock", ["--exclusive", "3"], { hold: file });
    }
    return await work(file);
  } finally {
    closeSync(file);
  }
}
