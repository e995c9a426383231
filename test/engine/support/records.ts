import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where this machine keeps its state, as an administrator finds it. */
function stateDirectory(): string {
  const home = process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  return join(process.getuid?.() === 0 ? "/var/lib" : home, "gpudirect");
}

/** Records of ownership. */
const folderOf = (kind: string, state = stateDirectory()): string => join(state, "records", kind);

/** The record of a thing as text; undefined where nobody owns it. `state`: where that machine keeps its state. */
export function recordOf(kind: string, key: string, state?: string): string | undefined {
  const file = join(folderOf(kind, state), `${encodeURIComponent(key)}.json`);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Removes the records of things whose key begins so. */
export function discardRecords(kind: string, start: string): void {
  const folder = folderOf(kind);
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) {
    if (file.startsWith(encodeURIComponent(start))) rmSync(join(folder, file));
  }
}
