import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Scratch } from "./scratch";
import { timed } from "./series";

const BUILD = join(__dirname, "../../../lab/image/build.sh");
const LAST_LINES = 10;

/** Seconds of a fresh build of the disk image, packages downloaded anew. @throws Error with the end of what it wrote */
export function imageBuildSeconds(scratch: Scratch): Promise<number> {
  const folder = join(scratch.path, "image");
  mkdirSync(folder);
  return timed(() => build(folder, scratch));
}

function build(folder: string, scratch: Scratch): Promise<void> {
  return new Promise((resolve, reject) => {
    // A process group of its own: what it started is ended with it.
    const child = spawn(BUILD, [folder], { stdio: ["ignore", "pipe", "pipe"], detached: true });
    const ended = new Promise<void>((end) => child.once("close", () => end()).once("error", () => end()));
    scratch.onStop(async () => {
      if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGTERM");
      await ended;
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        said += chunk;
      });
    }
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve();
      const end = said.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
      reject(new Error(`lab/image/build.sh ended with ${code ?? signal}\n${end}`));
    });
  });
}
