import { deepEqual } from "node:assert/strict";
import { cancelled } from "../../../provider/reach/cancelled";
import { ReachError } from "../../../provider/reach/reach";

describe("work on a machine that did not come to its end", () => {
  const told = (reason?: unknown) => {
    const { phase, message } = cancelled("node7", "tune the system", AbortSignal.abort(reason));
    return [phase, message];
  };

  it("was cancelled by somebody", () => {
    deepEqual(told(), ["cancelled", "node7: tune the system: was cancelled"]);
  });

  it("says so where nobody did: the connection that held the machine's lock was lost", () => {
    const lost = new ReachError("node7", "take the lock", "lost", "the connection was lost");
    deepEqual(told(lost), ["cancelled", "node7: tune the system: was ended, because the connection was lost"]);
  });
});
