import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { type CardState, NEW_CARD } from "./card";

/** Where a card's state outlives the machine: its flash. */
export interface CardStore {
  read(): CardState;
  /** Returns when the state would survive a power cut. */
  write(state: CardState): void;
}

/** What the store does to files; a test cuts the power between two of these. */
export interface StoreFiles {
  readonly open: typeof openSync;
  readonly write: (descriptor: number, text: string) => void;
  readonly sync: typeof fsyncSync;
  readonly rename: typeof renameSync;
}

const FILES: StoreFiles = {
  open: openSync,
  write: (descriptor, text) => {
    writeSync(descriptor, text);
  },
  sync: fsyncSync,
  rename: renameSync,
};

/** One JSON file for a card in a directory outside the host's disk; written beside, then renamed over the old one. */
export function openCardStore(directory: string, id: string, files: StoreFiles = FILES): CardStore {
  if (!/^[A-Za-z0-9_.:-]+$/.test(id) || id.startsWith(".")) {
    throw new Error(`adapter "${id}": its id names a file; use letters, digits, "-", "_", "." and ":" only`);
  }
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${id}.json`);
  return {
    read: () => readState(path),
    write: (state) => {
      const partial = `${path}.partial`;
      inFile(files, partial, "w", (descriptor) => {
        files.write(descriptor, `${JSON.stringify(state, null, 1)}\n`);
        files.sync(descriptor);
      });
      files.rename(partial, path);
      inFile(files, dirname(path), "r", (descriptor) => files.sync(descriptor));
    },
  };
}

function inFile(files: StoreFiles, path: string, flags: string, use: (descriptor: number) => void): void {
  const descriptor = files.open(path, flags);
  try {
    use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readState(path: string): CardState {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return NEW_CARD;
    throw new Error(`adapter state ${path} cannot be read`, { cause });
  }
  try {
    return checkCardState(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `adapter state ${path} is damaged: ${(cause as Error).message}; remove it to begin with a card as new`,
      { cause },
    );
  }
}

/** @throws Error that says what a card's state lacks. */
export function checkCardState(value: unknown): CardState {
  for (const part of ["stored", "inForce", "atStart"] as const) {
    const settings: unknown = (value as Partial<CardState> | null)?.[part];
    if (typeof settings !== "object" || settings === null) throw new Error(`${part} is missing`);
    for (const [key, values] of Object.entries(settings)) {
      if (typeof values !== "object" || values === null) throw new Error(`${part}.${key} is no object`);
      for (const [name, number] of Object.entries(values as object)) {
        const numbers: unknown[] = Array.isArray(number) ? number : [number];
        if (!numbers.every((item) => typeof item === "number")) throw new Error(`${part}.${key}.${name} is no number`);
      }
    }
  }
  return value as CardState;
}
