// @ts-check
// npm run sdk [-- --check]: writes sdk/ from the provider's own schema; --check only says whether it is up to date.
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { temporaryDir } from "../setup/cache.mjs";
import { reportFailures, SetupError } from "../setup/failure.mjs";
import { interruptible } from "../setup/interrupt.mjs";
import { prepare, root } from "../setup/prepare.mjs";
import { startStep } from "../setup/report.mjs";
import { differences } from "./differences.mjs";
import { generate, languages } from "./generate.mjs";

const check = process.argv.includes("--check");

await reportFailures(async () => {
  const { env } = await prepare(["node", "bundles"]);
  await interruptible(async () => {
    const step = startStep("sdk");
    try {
      step.done(await inScratch((scratch) => writeOrCheck(scratch, env, step)));
    } finally {
      step.stop();
    }
  });
});

/**
 * @param {string} scratch
 * @param {NodeJS.ProcessEnv} env
 * @param {import("../setup/report.mjs").Step} step
 */
async function writeOrCheck(scratch, env, step) {
  const fresh = join(scratch, "sdk");
  await generate(root, fresh, env, step);
  const changed = differences(fresh, join(root, "sdk"), ["schema.json", ...languages]);
  if (changed.length === 0) return "sdk/ is up to date";
  if (check) {
    const names = changed.map((name) => `  sdk/${name}`).join("\n");
    throw new SetupError(`sdk/ is not what the schema says; run  npm run sdk  and commit these:\n${names}`);
  }
  for (const name of ["schema.json", ...languages]) replace(join(fresh, name), join(root, "sdk", name), scratch);
  return `wrote sdk/schema.json and ${languages.map((language) => `sdk/${language}`).join(", ")}: ${changed.length} files changed`;
}

/**
 * Works in a folder of the checkout, so that finished files move to their places by renaming.
 * @template T
 * @param {(scratch: string) => Promise<T>} work
 */
async function inScratch(work) {
  const scratch = temporaryDir(join(root, "node_modules", ".cache"), "sdk");
  try {
    return await work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} from
 * @param {string} to
 * @param {string} scratch takes what was there
 */
function replace(from, to, scratch) {
  mkdirSync(join(to, ".."), { recursive: true });
  if (existsSync(to)) renameSync(to, join(scratch, `old-${relative(join(to, ".."), to)}`));
  renameSync(from, to);
}
