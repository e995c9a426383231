// @ts-check
import { constants } from "node:os";
import { stopAll } from "./run.mjs";

const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * Runs `work` so that Ctrl-C ends it together with its children. What is half done lies in temporary places, so the
 * next run simply goes on.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function interruptible(work) {
  let stopping = false;
  /** @param {NodeJS.Signals} name */
  const stop = async (name) => {
    if (stopping) return;
    stopping = true;
    await stopAll();
    process.stderr.write("\nstopped; run it again to go on from here\n");
    process.exit(128 + constants.signals[name]);
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    const result = await work();
    if (stopping) await new Promise(() => {});
    return result;
  } catch (error) {
    // A child ended by our own signal is no failure to report: stop() ends the process.
    if (stopping) await new Promise(() => {});
    throw error;
  } finally {
    for (const name of SIGNALS) process.off(name, stop);
  }
}
