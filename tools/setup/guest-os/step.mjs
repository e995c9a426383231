// @ts-check
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { keyOf, makeOnce } from "../cache.mjs";
import { SetupError } from "../failure.mjs";
import { outputDir } from "../guest/step.mjs";
import { ensureInstalled } from "../install.mjs";
import { run } from "../run.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const EXPECTED_IMAGE_SECONDS = 85;

/** @type {import("../install.mjs").Needed} */
const NEEDED = {
  what: "what builds and starts the Debian test guests",
  programs: {
    "qemu-img": "qemu-utils",
    mmdebstrap: "mmdebstrap",
    mke2fs: "e2fsprogs",
    cpio: "cpio",
    xz: "xz-utils",
    // The NICs' MaxReadReq is a library that QEMU loads.
    cc: "gcc",
    ssh: "openssh-client",
    "ssh-keygen": "openssh-client",
  },
  packages: ["libc6-dev"],
  files: [
    {
      name: "headers of the C library",
      found: () => statSync("/usr/include/stdio.h", { throwIfNoEntry: false }) !== undefined,
    },
  ],
  expectedSeconds: 30,
};

/** Disk image, kernel and initramfs of the Debian guests whose network is tuned. @type {import("../steps.mjs").StepFunction} */
export async function guestOs({ env }, step) {
  await ensureInstalled(NEEDED, step);
  const dir = join(outputDir(), `debian-${keyOf({ files: sources() })}`);
  await makeOnce(dir, async (temporary) => {
    if (process.getuid?.() !== 0) {
      throw new SetupError("The disk image of the Debian guests is built by root alone: run these tests as root.");
    }
    step.doing("building the disk image of the Debian guests", EXPECTED_IMAGE_SECONDS);
    await run(join(here, "build.sh"), [temporary]);
  });
  env.GPUDIRECT_GUEST_OS = dir;
  const kernel = /^linux-image-(\d\S*)/m.exec(readFileSync(join(dir, "packages.txt"), "utf8"))?.[1];
  return `Debian guest with Linux ${kernel}, ${dir}`;
}

/** What shapes the image. */
function sources() {
  const tree = join(here, "tree");
  const files = readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return [join(here, "build.sh"), join(here, "init"), ...files.sort()];
}
