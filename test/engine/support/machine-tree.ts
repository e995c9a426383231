import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { definitionOf, domains, stateOf } from "./virsh";

/** A folder with all that is below it: what was written, made or taken away shows, also when it was put back. */
export function treeOf(folder: string): string[] {
  const below = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  return [folder, ...below.sort()].map((path) => {
    const { ino, mode, mtimeNs, ctimeNs } = lstatSync(path, { bigint: true });
    return `${path} ${ino} ${mode} ${mtimeNs} ${ctimeNs}`;
  });
}

/** The domains whose names begin so, with all that libvirt has of them. */
export const domainsOf = (mark: string): string[] =>
  domains()
    .filter((name) => name.startsWith(mark))
    .map((name) => `${name} ${stateOf(name)}\n${definitionOf(name)}`);

/** When a stack has last taken the machine's lock; undefined where others, or nobody, had it last. */
export function lastTaken(stack: string): bigint | undefined {
  const holder = "/run/lock/gpudirect-machine.holder";
  try {
    const { mtimeNs } = statSync(holder, { bigint: true });
    return readFileSync(holder, "utf8").includes(stack) ? mtimeNs : undefined;
  } catch {
    // Nobody ever had it.
    return undefined;
  }
}
