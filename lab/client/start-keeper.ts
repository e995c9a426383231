import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostDirectory } from "../host/host-directory";
import { ask, noKeeper } from "./keeper-client";

const LIMIT_MS = 120_000;
const POLL_MS = 50;
const KEEPER = join(__dirname, "..", "keeper", "main.ts");

/** Starts the keeper of a host, which outlives this process. @throws Error with its own words where it ends at once */
export async function startKeeper(directory: HostDirectory, name: string): Promise<void> {
  const log = openSync(directory.keeperLog, "a", 0o600);
  const keeper = spawn(process.execPath, ["--import", "tsx", KEEPER, name], {
    cwd: join(__dirname, "..", ".."),
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  keeper.unref();
  const limit = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await ask(directory.sockets.control, "status").then(
      () => true,
      (error: unknown) => {
        if (!noKeeper(error)) throw error;
        return false;
      },
    );
    if (found) return;
    if (keeper.exitCode !== null || performance.now() > limit) {
      const said = readFileSync(directory.keeperLog, "utf8").trimEnd().split("\n").slice(-10).join("\n");
      throw new Error(`the keeper of ${name} did not start:\n${said}`);
    }
    await sleep(POLL_MS);
  }
}
