// @ts-check
import { bundles } from "./bundles.mjs";
import { guest } from "./guest/step.mjs";
import { guestOs } from "./guest-os/step.mjs";
import { lab } from "./lab/step.mjs";
import { libvirt } from "./libvirt/step.mjs";
import { node } from "./node.mjs";
import { pulumi } from "./pulumi.mjs";
import { sshd } from "./sshd.mjs";

/**
 * What the steps share. A step changes `env` and `guest`, and returns what is true when it has ended.
 * @typedef {object} Context
 * @property {string} root the checkout
 * @property {NodeJS.ProcessEnv} env for everything that is run after the set-up
 * @property {{ kernel: string, initrd: string } | undefined} guest
 * @property {number} lock the set-up's lock, see `hold` of run()
 */

/** @typedef {(context: Context, step: import("./report.mjs").Step) => Promise<string>} StepFunction */

/** In the order in which they depend on each other. */
export const steps = { node, bundles, pulumi, libvirt, guest, sshd, lab, guestOs };

/** @typedef {keyof typeof steps} StepName */

/** Steps for those who ask for them. */
export const stepsOnRequest = /** @type {StepName[]} */ (["lab", "guestOs"]);

/** What the demo, the tests and the SDK generator need. */
export const usualSteps = /** @type {StepName[]} */ (
  Object.keys(steps).filter((name) => !stepsOnRequest.includes(/** @type {StepName} */ (name)))
);
