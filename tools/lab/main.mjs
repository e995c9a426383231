#!/usr/bin/env node
// @ts-check
// npm run lab -- COMMAND …: sets up what is missing for a command that makes hosts, then runs it.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { reportFailures } from "../setup/failure.mjs";
import { prepare, root } from "../setup/prepare.mjs";

await reportFailures(async () => {
  const args = process.argv.slice(2);
  const { env } = await prepare(args[0] === "up" ? ["node", "lab"] : ["node"]);
  // npm runs its scripts at the root and keeps where the user was.
  const caller = process.cwd() === resolve(root) ? (process.env.INIT_CWD ?? root) : process.cwd();
  const lab = spawn(process.execPath, ["--import", "tsx", join(root, "lab", "main.ts"), ...args], {
    cwd: root,
    env: { ...env, GPUDIRECT_LAB_CALLER: caller },
    stdio: "inherit",
  });
  // Ctrl-C goes to the whole process group, SIGTERM to this process alone. The command's exit code is ours.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => lab.kill("SIGTERM"));
  process.exitCode = await new Promise((resolve) => lab.on("exit", (code) => resolve(code ?? 1)));
});
