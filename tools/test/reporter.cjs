// @ts-check
const { appendFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** Mocha's spec reporter; adds its counts as a line of JSON to the file that GPUDIRECT_TEST_COUNTS names. */
module.exports = class CountingReporter extends reporters.Spec {
  /**
   * @param {import("mocha").Runner} runner
   * @param {import("mocha").MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      const file = process.env.GPUDIRECT_TEST_COUNTS;
      if (file) appendFileSync(file, `${JSON.stringify({ passed: passes, failed: failures + pending })}\n`);
    });
  }
};
