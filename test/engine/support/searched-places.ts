import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A place that must hold no secret, and what is in it, as bytes in latin1. */
export type Places = Record<string, () => string>;

/** All files below a folder, with their names, but those that are left out. */
export function filesBelow(folder: string, leftOut: (path: string) => boolean = () => false): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry: Dirent) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !leftOut(path))
    .map((path) => `${path}\n${readFileSync(path, "latin1")}`)
    .join("\n");
}

/** A text as bytes in latin1. */
export const bytesOf = (text: string): string => Buffer.from(text).toString("latin1");
