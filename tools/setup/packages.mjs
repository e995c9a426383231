// @ts-check
// Debian packages as sources of files: downloaded and unpacked, never installed.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./failure.mjs";
import { findProgram } from "./programs.mjs";
import { run } from "./run.mjs";

/**
 * @param {string[]} names
 * @param {string} dir receives the files of all packages in one tree
 * @param {string} what what is made of them, for messages
 * @returns {Promise<string[]>} "name version" of each package
 */
export async function unpack(names, dir, what) {
  if (!findProgram("apt-get") || process.arch !== "x64") {
    throw new SetupError(`${what} is built from Debian's packages: this needs apt-get on an x86-64 machine.`);
  }
  const downloads = `${dir}.debs`;
  mkdirSync(downloads, { recursive: true });
  try {
    const real = await resolve(names).catch(afterUpdate(() => resolve(names)));
    const fetch = () => run("apt-get", ["download", "--quiet", ...real], { cwd: downloads });
    // Package lists that are too old name files that are gone from the mirror.
    await fetch().catch(afterUpdate(fetch));
    const versions = [];
    for (const file of readdirSync(downloads).filter((name) => name.endsWith(".deb"))) {
      const path = join(downloads, file);
      await run("dpkg-deb", ["--extract", path, dir]);
      const { stdout } = await run("dpkg-deb", ["--field", path, "Package", "Version"]);
      versions.push(stdout.replace(/^Package: (.+)\nVersion: (.+)\n$/, "$1 $2"));
    }
    return versions.sort();
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}

/**
 * A meta package, such as that of the newest kernel, stands for the versioned package that it depends on.
 * @param {string[]} names
 */
async function resolve(names) {
  const real = [];
  for (const name of names) {
    const { stdout } = await run("apt-cache", ["show", "--no-all-versions", name]);
    const depends = /^Depends: (.*)$/m.exec(stdout)?.[1] ?? "";
    real.push(/\blinux-image-\d\S*?(?=[\s,(]|$)/.exec(depends)?.[0] ?? name);
  }
  return real;
}

/**
 * @template T
 * @param {() => Promise<T>} again
 * @returns {(error: unknown) => Promise<T>}
 */
function afterUpdate(again) {
  return async (error) => {
    if (process.getuid?.() !== 0) {
      const said = error instanceof Error ? error.message : String(error);
      throw new SetupError(
        `${said}\n\nPerhaps the package lists are old. Run this once, then go on:\n\n  sudo apt-get update`,
      );
    }
    await run("apt-get", ["update"]);
    return again();
  };
}
