import { reachCommandConformance } from "./reach-command-conformance";
import { reachEndingConformance } from "./reach-ending-conformance";
import { reachLockConformance } from "./reach-lock-conformance";
import type { ReachSubject } from "./reach-subject";

/** What every implementation of Reach does. */
export function reachConformance(name: string, reach: ReachSubject["reach"], more: Omit<ReachSubject, "reach"> = {}) {
  const subject = { reach, ...more };
  describe(`reach: ${name}`, function () {
    this.timeout(60_000);
    describe("commands", () => reachCommandConformance(subject));
    describe("endings", () => reachEndingConformance(subject));
    describe("locks", () => reachLockConformance(subject));
  });
}
