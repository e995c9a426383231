#!/usr/bin/env node
// @ts-check
// npm run demo [-- --sabotage] [-- --keep]: sets up what is missing, then runs the demo stack.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { reportFailures } from "../setup/failure.mjs";
import { prepare, root } from "../setup/prepare.mjs";

await reportFailures(async () => {
  const { env } = await prepare();
  const args = ["--import", "tsx", join(root, "tools", "demo", "run.ts"), ...process.argv.slice(2)];
  const demo = spawn(process.execPath, args, { cwd: root, env, stdio: "inherit" });
  // Ctrl-C goes to the whole process group: the demo ends in order, and its exit code is ours.
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(name, () => {});
  process.exitCode = await new Promise((resolve) => demo.on("exit", (code) => resolve(code ?? 1)));
});
