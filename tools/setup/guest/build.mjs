// @ts-check
// Builds the guest in a temporary folder from the distribution's packages; nothing of them is installed here.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SetupError } from "../failure.mjs";
import { unpack } from "../packages.mjs";
import { run } from "../run.mjs";
import { installModules } from "./modules.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const INIT = join(here, "init.sh");
const SHUTDOWN = join(here, "shutdown.sh");

/** Virtio's channel for the agent, and the power button. */
const MODULES = ["virtio_pci", "virtio_console", "evdev", "button"];

/** What makes a guest another guest. A newer kernel in the distribution is no reason to build again. */
export const recipe = { files: [fileURLToPath(import.meta.url), join(here, "modules.mjs"), INIT, SHUTDOWN] };

/** @param {string} dir receives vmlinuz, initrd.gz and packages.txt */
export async function buildGuest(dir) {
  const unpacked = join(dir, "unpacked");
  const tree = join(dir, "tree");
  const versions = await unpack(
    ["linux-image-cloud-amd64", "qemu-guest-agent", "busybox-static", "util-linux"],
    unpacked,
    "The rehearsal guest",
  );

  for (const folder of [
    "bin",
    "dev",
    "etc/acpi/PWRF",
    "lib/modules",
    "proc",
    "run",
    "sbin",
    "sys",
    "tmp",
    "usr",
    "var",
  ]) {
    mkdirSync(join(tree, folder), { recursive: true });
  }
  // The agent keeps its state in /var/run and exits at once where that is missing.
  symlinkSync("/run", join(tree, "var/run"));
  install(INIT, join(tree, "init"));
  install(SHUTDOWN, join(tree, "sbin/shutdown"));
  // busybox's acpid runs this file when the power button is pressed.
  install(SHUTDOWN, join(tree, "etc/acpi/PWRF/00000080"));
  install(find(unpacked, "bin/busybox"), join(tree, "bin/busybox"));
  await installWithLibraries(find(unpacked, "sbin/qemu-ga"), tree, "usr/sbin/qemu-ga");
  // The provider holds a lock where it writes; Debian's busybox has no flock.
  await installWithLibraries(find(unpacked, "bin/flock"), tree, "bin/flock");
  const kernels = find(unpacked, "lib/modules");
  const kernel = readdirSync(kernels)[0] ?? "";
  await installModules(MODULES, join(kernels, kernel), join(tree, "lib/modules"));

  await pack(tree, join(dir, "initrd.gz"));
  copyFileSync(join(unpacked, "boot", `vmlinuz-${kernel}`), join(dir, "vmlinuz"));
  writeFileSync(join(dir, "packages.txt"), `${versions.join("\n")}\n`);
  for (const name of ["vmlinuz", "initrd.gz"]) chmodSync(join(dir, name), 0o644);
  chmodSync(dir, 0o755);
  for (const scratch of [unpacked, tree]) rmSync(scratch, { recursive: true });
}

/**
 * @param {string} from
 * @param {string} to
 */
function install(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}

/**
 * A program, with the libraries of this machine: QEMU and libvirt, installed before, need all of them.
 * @param {string} from
 * @param {string} tree
 * @param {string} to path in the tree
 */
async function installWithLibraries(from, tree, to) {
  const { stdout } = await run("ldd", [from]);
  const missing = [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
  if (missing.length > 0) {
    throw new SetupError(`${from} needs libraries that are not here: ${missing.join(", ")}`);
  }
  install(from, join(tree, to));
  for (const [, library = ""] of stdout.matchAll(/(\/\S+\.so\S*)/g)) install(library, join(tree, library));
}

/**
 * A packaged file, which later distributions keep below /usr.
 * @param {string} unpacked
 * @param {string} path
 */
function find(unpacked, path) {
  const found = [path, join("usr", path)].map((place) => join(unpacked, place)).find((place) => existsSync(place));
  if (!found) throw new SetupError(`The distribution's packages have no /${path}, which the rehearsal guest needs.`);
  return found;
}

/**
 * @param {string} tree
 * @param {string} output
 */
async function pack(tree, output) {
  const script =
    'cd "$1" && find . | LC_ALL=C sort | cpio --create --format=newc --owner=0:0 --reproducible --quiet | gzip -9 > "$2"';
  await run("bash", ["-o", "pipefail", "-c", script, "pack", tree, `${output}.part`]);
  renameSync(`${output}.part`, output);
}
