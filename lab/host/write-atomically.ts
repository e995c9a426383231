import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

/** Readers see the old text or the new one, also after a crash in between. */
export function writeAtomically(path: string, text: string, mode = 0o600): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, "w", mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}
