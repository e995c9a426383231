#!/usr/bin/env node
// @ts-check
// npm run bench:guest: sets up what is missing, then measures GuestTuning and NcclRuntime on a Debian guest.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { reportFailures } from "../setup/failure.mjs";
import { prepare, root } from "../setup/prepare.mjs";

await reportFailures(async () => {
  const { env } = await prepare(["node", "libvirt", "guestOs"]);
  const args = ["--import", "tsx", join(root, "tools", "bench", "guest", "main.ts")];
  const bench = spawn(process.execPath, args, { cwd: root, env, stdio: "inherit" });
  // Ctrl-C goes to the whole process group: the benchmark removes its guest, and its exit code is ours. Others reach us alone.
  process.on("SIGINT", () => {});
  for (const name of /** @type {const} */ (["SIGTERM", "SIGHUP"])) process.on(name, () => bench.kill(name));
  process.exitCode = await new Promise((resolve) => bench.on("exit", (code) => resolve(code ?? 1)));
});
