// @ts-check
// Where built things live, and the one way to put something there: complete or not at all.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";

export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-gpudirect");

/**
 * @param {{ files: string[], also?: string[] }} what contents of files, and strings that shape the result as well
 */
export function keyOf({ files, also = [] }) {
  const hash = createHash("sha256");
  for (const part of [...files.map((file) => readFileSync(file)), ...also]) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 16);
}

/**
 * Makes `dir` by filling a temporary folder beside it, renamed when it is complete.
 * @param {string} dir
 * @param {(temporary: string) => Promise<void>} fill
 */
export async function makeOnce(dir, fill) {
  if (existsSync(dir)) return;
  const temporary = temporaryDir(dirname(dir), basename(dir));
  try {
    await fill(temporary);
    renameSync(temporary, dir);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * @param {string} parent
 * @param {string} name
 */
export function temporaryDir(parent, name) {
  mkdirSync(parent, { recursive: true });
  removeAbandoned(parent);
  const dir = join(parent, `.tmp-${process.pid}-${name}`);
  mkdirSync(dir);
  return dir;
}

/** @param {string} parent */
function removeAbandoned(parent) {
  for (const name of readdirSync(parent)) {
    const pid = /^\.tmp-(\d+)-/.exec(name)?.[1];
    if (pid && !alive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function alive(pid) {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH";
  }
}
