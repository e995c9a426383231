// @ts-check
// Child processes of the set-up: quiet while they succeed, quoted when they fail, gone when the set-up is stopped.
import { spawn } from "node:child_process";
import { SetupError } from "./failure.mjs";

/** A failed program names the cause in its first lines or in its last. */
const [FIRST_LINES, LAST_LINES] = [12, 20];
const GRACE_MS = 5000;

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
let stopping = false;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeoutMs] the child is killed after it
 * @property {number | undefined} [hold] a file descriptor that the child keeps open, so that a lock outlives a killed set-up
 * @property {boolean} [anyStatus] a non-zero status is a result, not a failure
 */

/**
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ status: number, stdout: string, stderr: string }>}
 */
export function run(command, args, options = {}) {
  // Whoever takes the end of a stopped child for a failure, and tries something else, waits here for our own end.
  if (stopping) return new Promise(() => {});
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe", ...(options.hold === undefined ? [] : [options.hold])],
      // A process group of its own, so that stopping it also stops what it has started.
      detached: true,
    });
    running.add(child);
    const text = { stdout: "", stderr: "" };
    child.stdout?.setEncoding("utf8").on("data", (chunk) => {
      text.stdout += chunk;
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk) => {
      text.stderr += chunk;
    });
    const timer = options.timeoutMs && setTimeout(() => signal(child, "SIGKILL"), options.timeoutMs);
    const settle = () => {
      running.delete(child);
      if (timer) clearTimeout(timer);
    };
    child.once("error", (cause) => {
      settle();
      reject(new SetupError(`${command} could not be started: ${cause.message}`, { cause }));
    });
    child.once("close", (code, by) => {
      settle();
      if (code === 0 || (options.anyStatus && code !== null)) return resolve({ status: code, ...text });
      const end = code === null ? `was ended by ${by}` : `failed with status ${code}`;
      const said = abridged(`${text.stdout}\n${text.stderr}`.trim());
      reject(new SetupError(`${[command, ...args].join(" ")} ${end}${said && `:\n${said}`}`));
    });
  });
}

/** @param {string} text */
function abridged(text) {
  const lines = text.split("\n");
  if (lines.length <= FIRST_LINES + LAST_LINES) return text;
  return [...lines.slice(0, FIRST_LINES), "…", ...lines.slice(-LAST_LINES)].join("\n");
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} name
 */
function signal(child, name) {
  try {
    if (child.pid) process.kill(-child.pid, name);
  } catch {
    // The group has ended already.
  }
}

/** Ends every child and waits until all of them are gone; no new ones are started. */
export async function stopAll() {
  stopping = true;
  const ended = [...running].map((child) => new Promise((resolve) => child.once("close", resolve)));
  for (const child of running) signal(child, "SIGTERM");
  const timer = setTimeout(() => {
    for (const child of running) signal(child, "SIGKILL");
  }, GRACE_MS);
  await Promise.all(ended);
  clearTimeout(timer);
}
