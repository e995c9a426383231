import { mkdtempSync, rmSync } from "node:fs";

let folder: string | undefined;
const before = process.env.GPUDIRECT_LAB_DIRECTORY;

/** A folder of its own for the lab hosts of a test; its path is short, for sockets lie in it. */
export function newLabFolder(): string {
  removeLabFolder();
  folder = mkdtempSync("/var/tmp/glk-");
  process.env.GPUDIRECT_LAB_DIRECTORY = folder;
  return folder;
}

/** To be called after each test that made one. */
export function removeLabFolder(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
  if (before === undefined) delete process.env.GPUDIRECT_LAB_DIRECTORY;
  else process.env.GPUDIRECT_LAB_DIRECTORY = before;
}
