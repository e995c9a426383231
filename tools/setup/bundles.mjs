// @ts-check
import { join } from "node:path";
import { run } from "./run.mjs";

const EXPECTED_SECONDS = 5;

/** The executables in bin/. @type {import("./steps.mjs").StepFunction} */
export async function bundles({ root, env, lock }, step) {
  step.doing("bundling the provider and the command line", EXPECTED_SECONDS);
  await run(process.execPath, [join(root, "tools", "build", "main.mjs")], { cwd: root, env, hold: lock });
  return "bin/ is up to date";
}
