// @ts-check
import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDir, keyOf, makeOnce } from "./cache.mjs";
import { SetupError } from "./failure.mjs";
import { unpack } from "./packages.mjs";

const EXPECTED_SECONDS = 5;
/** libwrap0 is what sshd needs besides what a machine has; libnss-wrapper gives it a list of users of its own. */
const PACKAGES = ["openssh-server", "libwrap0", "libnss-wrapper"];

/**
 * The sshd that the tests start, from the distribution's package. The package is not installed: that would add a network
 * service to the machine. @type {import("./steps.mjs").StepFunction}
 */
export async function sshd({ env }, step) {
  const dir = join(cacheDir, `sshd-${keyOf({ files: [fileURLToPath(import.meta.url)] })}`);
  await makeOnce(dir, async (temporary) => {
    step.doing("unpacking sshd", EXPECTED_SECONDS);
    const tree = join(temporary, "tree");
    await unpack(PACKAGES, tree, "The tests' sshd");
    writeFileSync(join(temporary, "sshd"), launcher(dir, tree));
    chmodSync(join(temporary, "sshd"), 0o755);
  });
  env.GPUDIRECT_SSHD = join(dir, "sshd");
  return `sshd for tests, ${dir}`;
}

/**
 * sshd starts itself anew for each connection, by its absolute path, and takes the environment along.
 * @param {string} dir where the tree will be
 * @param {string} tree where it is now
 */
function launcher(dir, tree) {
  const wrapper = readdirSync(tree, { recursive: true })
    .map(String)
    .find((path) => path.endsWith("/libnss_wrapper.so"));
  const program = "usr/sbin/sshd";
  if (!wrapper || !existsSync(join(tree, program))) {
    throw new SetupError(`The distribution's packages ${PACKAGES.join(", ")} have no sshd as the tests need it.`);
  }
  const final = join(dir, "tree");
  return `#!/bin/sh
export LD_LIBRARY_PATH='${join(final, dirname(wrapper))}' LD_PRELOAD='${join(final, wrapper)}'
exec '${join(final, program)}' "$@"
`;
}
