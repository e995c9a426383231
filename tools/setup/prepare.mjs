// @ts-check
// Brings a checkout to where the demo, the tests and the SDK generator can run. Every step may be stopped at any
// moment and run again; a step with nothing to do costs next to nothing.
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { interruptible } from "./interrupt.mjs";
import { locked } from "./lock.mjs";
import { startStep } from "./report.mjs";
import { steps, usualSteps } from "./steps.mjs";

/** @typedef {import("./steps.mjs").StepName} StepName */

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

const allSteps = /** @type {StepName[]} */ (Object.keys(steps));

/**
 * @param {readonly StepName[]} wanted
 * @returns {Promise<{ env: NodeJS.ProcessEnv, guest: { kernel: string, initrd: string } | undefined }>}
 *   env: for children that need this checkout's programs; guest: the rehearsal guest, when its step was wanted
 */
export function prepare(wanted = usualSteps) {
  const path = [join(root, "bin"), join(root, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter);
  /** @type {import("./steps.mjs").Context} */
  const context = { root, env: { ...process.env, PATH: path }, guest: undefined, lock: -1 };
  return interruptible(async () => {
    const lockStep = startStep("setup");
    await locked(
      () => lockStep.doing("waiting for another set-up to end"),
      async (descriptor) => {
        lockStep.stop();
        context.lock = descriptor;
        for (const name of allSteps) if (wanted.includes(name)) await perform(name, context);
      },
    );
    return { env: context.env, guest: context.guest };
  });
}

/**
 * @param {StepName} name
 * @param {import("./steps.mjs").Context} context
 */
async function perform(name, context) {
  const step = startStep(name);
  try {
    step.done(await steps[name](context, step));
  } catch (error) {
    step.stop();
    throw error;
  }
}
