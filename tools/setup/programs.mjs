// @ts-check
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where daemons live; ordinary users often lack these in PATH. */
const SYSTEM_DIRS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/**
 * The program's path, or undefined.
 * @param {string} name
 * @param {string} [path] a PATH to search
 */
export function findProgram(name, path = process.env.PATH ?? "") {
  for (const dir of [...path.split(delimiter).filter(Boolean), ...SYSTEM_DIRS]) {
    const candidate = join(dir, name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** @param {string} version @returns {number[]} */
const numbers = (version) => (/(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? "0").split(".").map(Number);

/**
 * @param {string} version
 * @param {string} least
 */
export function isAtLeast(version, least) {
  const [has, needs] = [numbers(version), numbers(least)];
  for (const [i, part] of needs.entries()) {
    if ((has[i] ?? 0) !== part) return (has[i] ?? 0) > part;
  }
  return true;
}
