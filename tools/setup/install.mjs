// @ts-check
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "./failure.mjs";
import { findProgram } from "./programs.mjs";
import { run } from "./run.mjs";

const LOCK_LIMIT_SECONDS = 300;

/**
 * What a step of the set-up needs on the machine, from the distribution's packages.
 * @typedef {object} Needed
 * @property {string} what for messages: "libvirt and QEMU"
 * @property {Record<string, string>} programs each program and the package that has it
 * @property {string[]} packages the rest of what apt has to install
 * @property {{ name: string, found: () => boolean }[]} [files] what else must be there
 * @property {number} expectedSeconds
 */

/**
 * @param {Needed} needed
 * @param {import("./report.mjs").Step} step
 */
export async function ensureInstalled(needed, step) {
  const missing = Object.keys(needed.programs).filter((program) => !findProgram(program));
  for (const { name, found } of needed.files ?? []) if (!found()) missing.push(name);
  const packages = [...new Set([...Object.values(needed.programs), ...needed.packages])];
  const hasApt = findProgram("apt-get") !== undefined;
  if (missing.length === 0 && !(hasApt && (await halfInstalled(packages)))) return;
  if (!hasApt) {
    throw new SetupError(`Missing: ${missing.join(", ")}.\nInstall ${needed.what}, then run it again.`);
  }
  const install = ["install", "--yes", "--no-install-recommends", ...packages];
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `${missing.length > 0 ? `Missing: ${missing.join(", ")}` : "An installation was interrupted"}. ` +
        "Run this once, then go on:\n\n" +
        `  sudo sh -c 'dpkg --configure -a; apt-get update; apt-get ${install.join(" ")}'`,
    );
  }
  step.doing(`installing ${needed.what}`, needed.expectedSeconds);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await repair(env);
  const known = await run("apt-cache", ["show", ...packages], { anyStatus: true });
  if (known.status !== 0) await run("apt-get", ["update"], { env });
  const attempt = () => run("apt-get", ["--option", `DPkg::Lock::Timeout=${LOCK_LIMIT_SECONDS}`, ...install], { env });
  // Package lists that are too old name files that are gone from the mirror.
  await attempt().catch(async () => {
    await run("apt-get", ["update"], { env });
    await attempt();
  });
}

/**
 * Ends what an interrupted installation has left; without such there is nothing to do. apt waits for dpkg's lock by
 * itself, dpkg does not: an apt-get that outlived its set-up may still hold it.
 * @param {NodeJS.ProcessEnv} env
 */
async function repair(env) {
  const limit = performance.now() + LOCK_LIMIT_SECONDS * 1000;
  for (;;) {
    const options = { env: { ...env, LC_ALL: "C" }, anyStatus: true };
    const { status, stderr } = await run("dpkg", ["--configure", "-a"], options);
    if (status === 0) return;
    if (!/lock/.test(stderr) || performance.now() > limit)
      throw new SetupError(`dpkg --configure -a failed:\n${stderr}`);
    await sleep(1000);
  }
}

/**
 * Whether dpkg was stopped between unpacking and configuring: then programs are there that do not work yet.
 * @param {string[]} packages
 */
async function halfInstalled(packages) {
  const { stdout } = await run("dpkg-query", ["--status", ...packages], { anyStatus: true });
  return /^Status: \S+ \S+ (unpacked|half-|triggers-)/m.test(stdout);
}
