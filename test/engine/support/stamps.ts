import { statSync } from "node:fs";

/** A text that changes with each write to one of the files or folders, also with one of the same values. */
export function stampsOf(...paths: string[]): string {
  const stamps = paths.map((path) => {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    return `${path} ${stat?.ino} ${stat?.mtimeNs} ${stat?.ctimeNs}`;
  });
  return stamps.join("\n");
}
