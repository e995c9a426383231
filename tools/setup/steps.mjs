// @ts-check

/**
 * What the steps share. A step changes `env` and `guest`, and returns what is true when it has ended.
 * @typedef {object} Context
 * @property {string} root the checkout
 * @property {NodeJS.ProcessEnv} env for everything that is run after the set-up
 * @property {{ kernel: string, initrd: string } | undefined} guest
 * @property {number} lock the set-up's lock, see `hold` of run()
 */

/** @typedef {(context: Context, step: import("./report.mjs").Step) => Promise<string>} StepFunction */

export { bundles } from "./bundles.mjs";
export { guest } from "./guest/step.mjs";
export { libvirt } from "./libvirt/step.mjs";
export { node } from "./node.mjs";
export { pulumi } from "./pulumi.mjs";
