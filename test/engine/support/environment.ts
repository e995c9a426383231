import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export const ROOT = join(__dirname, "..", "..", "..");

/** A setting that the test runner makes; without it there is no engine to test with. */
function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these tests need what set-up makes, run npm test`);
  return value;
}

/** Kernel and initial RAM disk of the rehearsal guest, whose agent answers. */
export const guestBoot = () => ({
  kernel: setting("GPUDIRECT_GUEST_KERNEL"),
  initrd: setting("GPUDIRECT_GUEST_INITRD"),
  commandLine: "console=ttyS0 quiet",
});

/** Path of a program on PATH. */
export function programPath(name: string): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, name)).find(existsSync);
  if (found === undefined) throw new Error(`there is no ${name} on PATH: run npm test`);
  return found;
}
