// @ts-check

/** What a person has to mend: shown as its text alone, without a stack trace. */
export class SetupError extends Error {
  name = "SetupError";
}

/**
 * Runs the main part of a tool; a SetupError ends it with status 1.
 * @param {() => Promise<void>} main
 */
export async function reportFailures(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}
