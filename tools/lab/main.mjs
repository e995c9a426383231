#!/usr/bin/env node
// @ts-check
// npm run lab -- COMMAND …: sets up what is missing for a command that makes hosts, then runs it.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { reportFailures } from "../setup/failure.mjs";
import { prepare, root } from "../setup/prepare.mjs";

await reportFailures(async () => {
  const args = process.argv.slice(2);
  const { env } = await prepare(args[0] === "up" ? ["node", "lab"] : ["node"]);
  const lab = spawn(process.execPath, ["--import", "tsx", join(root, "lab", "main.ts"), ...args], {
    cwd: root,
    env: { ...env, GPUDIRECT_LAB_CALLER: process.cwd() },
    stdio: "inherit",
  });
  // Ctrl-C goes to the whole process group: the command ends in order, and its exit code is ours.
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(name, () => {});
  process.exitCode = await new Promise((resolve) => lab.on("exit", (code) => resolve(code ?? 1)));
});
