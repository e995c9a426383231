// @ts-check
import { chmodSync, lstatSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { keyOf, makeOnce } from "../cache.mjs";
import { SetupError } from "../failure.mjs";
import { buildGuest, recipe } from "./build.mjs";

const EXPECTED_SECONDS = 15;

/** Kernel and initramfs of the rehearsal guest. @type {import("../steps.mjs").StepFunction} */
export async function guest(context, step) {
  const dir = join(outputDir(), keyOf(recipe));
  await makeOnce(dir, async (temporary) => {
    step.doing("building the rehearsal guest", EXPECTED_SECONDS);
    await buildGuest(temporary);
  });
  context.guest = { kernel: join(dir, "vmlinuz"), initrd: join(dir, "initrd.gz") };
  context.env.GPUDIRECT_GUEST_KERNEL = context.guest.kernel;
  context.env.GPUDIRECT_GUEST_INITRD = context.guest.initrd;
  const kernel = /^linux-image-(\S+)/m.exec(readFileSync(join(dir, "packages.txt"), "utf8"))?.[1];
  return `rehearsal guest with Linux ${kernel}, ${dir}`;
}

/** A folder that QEMU can search when libvirt runs it as a user of its own: a home directory often is not. */
export function outputDir() {
  const user = process.getuid?.() ?? 0;
  const dir = user === 0 ? "/var/lib/libvirt/boot/pulumi-gpudirect" : `/var/tmp/pulumi-gpudirect-${user}`;
  mkdirSync(dirname(dir), { recursive: true });
  try {
    mkdirSync(dir);
    // Whatever the umask says.
    chmodSync(dir, 0o755);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  }
  // Anybody can make a folder in /var/tmp: what is in it would be booted, so it has to be ours.
  const found = lstatSync(dir);
  if (!found.isDirectory() || found.uid !== user || (found.mode & 0o022) !== 0) {
    throw new SetupError(`${dir} belongs to somebody else or others may write it; remove it and run this again.`);
  }
  return dir;
}
