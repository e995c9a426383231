// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./failure.mjs";
import { isAtLeast } from "./programs.mjs";
import { run } from "./run.mjs";

const EXPECTED_SECONDS = 30;

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 */

/** Node itself, and the packages of package-lock.json. @type {import("./steps.mjs").StepFunction} */
export async function node({ root, lock }, step) {
  const least = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node;
  if (!isAtLeast(process.versions.node, least)) {
    throw new SetupError(`Node ${least} is needed; this is ${process.versions.node}.`);
  }
  if (matches(root)) return `Node ${process.versions.node}, packages as locked`;
  step.doing("installing the packages of package-lock.json", EXPECTED_SECONDS);
  // NODE_ENV=production would leave out what builds and tests.
  await run("npm", ["ci", "--include=dev", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: root, hold: lock });
  return `Node ${process.versions.node}, packages installed`;
}

/**
 * npm writes its own record of what is installed when everything else is done, and `npm ci` removes it first: so the
 * record is the stamp, and it is right as well after an `npm install` by hand.
 * @param {string} root
 */
function matches(root) {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const wanted = packages(join(root, "package-lock.json"));
  const installed = packages(record);
  for (const [path, want] of wanted) {
    const have = installed.get(path);
    // Optional packages are those of other platforms.
    if (have ? have.version !== want.version || have.integrity !== want.integrity : !want.optional) return false;
  }
  return [...installed.keys()].every((path) => wanted.has(path));
}

/**
 * @param {string} file
 * @returns {Map<string, LockedPackage>} by path; the project itself, under the empty path, left out
 */
function packages(file) {
  return new Map(Object.entries(JSON.parse(readFileSync(file, "utf8")).packages).filter(([path]) => path !== ""));
}
