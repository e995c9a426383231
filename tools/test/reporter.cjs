// @ts-check
const { appendFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** Longest message of a failure that is repeated at the end, in characters. */
const LONGEST = 1500;

/** Mocha's spec reporter; adds its counts and its failures as a line of JSON to the file that GPUDIRECT_TEST_COUNTS names. */
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
      const told = this.failures.map((test) => `${test.fullTitle()}\n  ${String(test.err?.message).slice(0, LONGEST)}`);
      const counts = { passed: passes, failed: failures + pending, failures: told };
      if (file) appendFileSync(file, `${JSON.stringify(counts)}\n`);
    });
  }
};
