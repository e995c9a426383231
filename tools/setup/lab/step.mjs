// @ts-check
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, keyOf, makeOnce } from "../cache.mjs";
import { SetupError } from "../failure.mjs";
import { ensureInstalled } from "../install.mjs";
import { unpack } from "../packages.mjs";
import { run } from "../run.mjs";

const EXPECTED_IMAGE_SECONDS = 75;
const PARAMETER_DATABASE = "usr/share/mstflint/mlxconfig_dbs/mlxconfig_host.db";

/** @type {import("../install.mjs").Needed} */
const NEEDED = {
  what: "QEMU, and what builds the lab's disk image",
  programs: {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    mmdebstrap: "mmdebstrap",
    sfdisk: "fdisk",
    mke2fs: "e2fsprogs",
    cc: "gcc",
    openssl: "openssl",
    sqlite3: "sqlite3",
    ssh: "openssh-client",
    setpriv: "util-linux",
    flock: "util-linux",
    "ssh-keygen": "openssh-client",
  },
  packages: ["libc6-dev"],
  files: [
    {
      name: "headers of the C library",
      found: () => statSync("/usr/include/stdio.h", { throwIfNoEntry: false }) !== undefined,
    },
  ],
  expectedSeconds: 60,
};

/** What lab hosts are made from: their disk image and the parameters of NIC firmware. @type {import("../steps.mjs").StepFunction} */
export async function lab({ root, env }, step) {
  await ensureInstalled(NEEDED, step);
  const image = await diskImage(root, step);
  env.GPUDIRECT_LAB_IMAGE = image.dir;
  env.GPUDIRECT_LAB_MSTFLINT = await parameterDatabase(step);
  env.GPUDIRECT_LAB_CACHE = join(cacheDir, "lab");
  return `disk image ${image.cached ? "from the cache, built" : "built"} ${image.built}, ${image.dir}`;
}

/**
 * @param {string} root
 * @param {import("../report.mjs").Step} step
 */
async function diskImage(root, step) {
  const sources = [join(root, "lab", "image"), join(root, "lab", "nic", "host-programs")];
  const dir = join(cacheDir, `lab-image-${keyOf({ files: sources.flatMap(filesBelow) })}`);
  let cached = true;
  await makeOnce(dir, async (temporary) => {
    cached = false;
    if (process.getuid?.() !== 0) {
      throw new SetupError("The lab's disk image is built by root alone: run the lab as root.");
    }
    step.doing("building the lab's disk image", EXPECTED_IMAGE_SECONDS);
    await run(join(root, "lab", "image", "build.sh"), [temporary]);
  });
  return { dir, cached, built: statSync(join(dir, "disk.qcow2")).mtime.toISOString().slice(0, 10) };
}

/** mstflint's own table of firmware parameters. @param {import("../report.mjs").Step} step */
async function parameterDatabase(step) {
  const dir = join(cacheDir, `mstflint-${keyOf({ files: [], also: [PARAMETER_DATABASE] })}`);
  await makeOnce(dir, async (temporary) => {
    step.doing("unpacking mstflint", 5);
    await unpack(["mstflint"], temporary, "The table of NIC firmware parameters");
    readFileSync(join(temporary, PARAMETER_DATABASE));
  });
  return join(dir, PARAMETER_DATABASE);
}

/**
 * @param {string} dir
 * @returns {string[]}
 */
function filesBelow(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
