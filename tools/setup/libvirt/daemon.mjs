// @ts-check
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "../failure.mjs";
import { findProgram } from "../programs.mjs";
import { run } from "../run.mjs";

// The first answer comes when libvirt has asked QEMU for its capabilities: 12 s, on a loaded machine up to 92 s (measured).
const EXPECTED_SECONDS = 15;
const START_LIMIT_MS = 240_000;
const ANSWER_LIMIT_MS = 180_000;

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {import("../report.mjs").Step} step
 * @returns {Promise<string>} what answers
 */
export async function ensureDaemon(env, step) {
  const uri = env.LIBVIRT_DEFAULT_URI ?? "";
  let answer = await ask(uri, env);
  if (!answer.version) {
    step.doing("starting libvirtd", EXPECTED_SECONDS);
    await start(uri, answer.problem);
    const limit = performance.now() + START_LIMIT_MS;
    while (!answer.version && performance.now() < limit) {
      await sleep(250);
      answer = await ask(uri, env);
    }
  }
  if (!answer.version) throw new SetupError(`libvirt does not answer at ${uri}:\n${answer.problem}`);
  return `${answer.version}, answers at ${uri}`;
}

/**
 * @param {string} uri
 * @param {NodeJS.ProcessEnv} env
 */
async function ask(uri, env) {
  const limit = { env: { ...env, LC_ALL: "C" }, anyStatus: true, timeoutMs: ANSWER_LIMIT_MS };
  const { status, stdout, stderr } = await run("virsh", ["--connect", uri, "version"], limit);
  const versions = [...stdout.matchAll(/^(?:Using library|Running hypervisor): (.+)$/gm)].map((match) => match[1]);
  return { version: status === 0 ? versions.join(" with ") : "", problem: stderr.trim() };
}

/**
 * @param {string} uri
 * @param {string} problem
 */
async function start(uri, problem) {
  if (!/^qemu:\/\/\/(system|session)$/.test(uri)) {
    throw new SetupError(`libvirt does not answer at ${uri}, which is not for this set-up to start:\n${problem}`);
  }
  const systemd = existsSync("/run/systemd/system");
  if (process.getuid?.() !== 0) {
    const command = systemd ? "sudo systemctl start libvirtd" : "sudo sh -c 'virtlogd -d; libvirtd -d'";
    throw new SetupError(
      `libvirt does not answer at ${uri}:\n${problem}\n\nStart it with   ${command}\n` +
        "and see that you may use it:   sudo usermod --append --groups libvirt $USER   (then log in again).",
    );
  }
  if (systemd) {
    await run("systemctl", ["start", "libvirtd"]);
    return;
  }
  for (const daemon of ["virtlogd", "libvirtd"]) {
    // One that runs already says so and fails; whether libvirt answers is what decides.
    await run(findProgram(daemon) ?? daemon, ["-d"], { anyStatus: true });
  }
}
