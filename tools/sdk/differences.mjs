// @ts-check
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Files that differ between two trees, or are in one of them only.
 * @param {string} left
 * @param {string} right
 * @param {string[]} names what to compare: files or folders
 */
export function differences(left, right, names) {
  const paths = new Set([left, right].flatMap((tree) => names.flatMap((name) => files(tree, name))));
  return [...paths].sort().filter((path) => read(join(left, path)) !== read(join(right, path)));
}

/**
 * @param {string} tree
 * @param {string} name
 * @returns {string[]}
 */
function files(tree, name) {
  const path = join(tree, name);
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [name];
  return readdirSync(path).flatMap((entry) => files(tree, join(name, entry)));
}

/** @param {string} path */
const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
