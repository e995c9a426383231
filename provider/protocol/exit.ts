import { LIMITS } from "../reach/redfish/limits";

/**
 * How long work may wind down before the process ends regardless: as long as settings of a BMC that were taken out in the
 * midst of a write may take to be put back, with the logout and a moment for the rest.
 */
const GRACE_MS = LIMITS.cleanUpMs + LIMITS.logOutMs + 2000;

/** How often the parent is looked for: an engine that was killed tells nobody. */
const PARENT_CHECK_MS = 1000;

/**
 * Ends the process on SIGINT, SIGTERM and when the parent is gone: work is stopped first, so that it does not go on
 * writing to a machine with nobody to keep its results. A second signal ends at once.
 */
export function exitWithParent(windDown: () => Promise<void>): void {
  let ending = false;
  const end = (code: number) => {
    if (ending) process.exit(code);
    ending = true;
    setTimeout(() => process.exit(code), GRACE_MS).unref();
    void windDown()
      .catch(() => undefined)
      .then(() => process.exit(code));
  };
  process.on("SIGINT", () => end(130));
  process.on("SIGTERM", () => end(143));
  const parent = process.ppid;
  setInterval(() => !ending && process.ppid !== parent && end(0), PARENT_CHECK_MS).unref();
  // Work that was left behind may fail later; its request has been answered, and others go on.
  process.on("unhandledRejection", (error) =>
    process.stderr.write(`left behind: ${error instanceof Error ? error.message : error}\n`),
  );
}
