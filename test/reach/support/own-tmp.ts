import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives the tests of a `describe` a temporary folder of their own, to see what is left in it. */
export function ownTmp(): () => string {
  const before_ = process.env.TMPDIR;
  let dir = "";
  before(() => {
    dir = mkdtempSync(join(tmpdir(), "reach-"));
    process.env.TMPDIR = dir;
  });
  after(() => {
    if (before_ === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before_;
    rmSync(dir, { recursive: true, force: true });
  });
  return () => dir;
}

/** Files below a folder and /proc files of all processes (arguments, environment) that hold a text. */
export function placesOf(text: string, dir: string): string[] {
  const below = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return [...below, ...processFiles("cmdline"), ...processFiles("environ")].filter((path) =>
    reads(path).includes(text),
  );
}

/** Arguments of all processes that name a text. */
export function processesOf(text: string): string[] {
  return processFiles("cmdline")
    .map(reads)
    .filter((args) => args.includes(text));
}

function processFiles(name: string): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => `/proc/${pid}/${name}`);
}

function reads(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // The process has just ended.
    return "";
  }
}
