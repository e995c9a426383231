import { equal, match } from "node:assert/strict";
import { refusedBecauseOwned } from "../../../core/ownership/owner";

describe("an owned thing", () => {
  const owner = { stack: "train/prod", urn: "urn:pulumi:prod::train::a:b:C::vm", claim: "1" };

  it("may be written by its own stack, by nobody else's leave, and by stacks that take it over", () => {
    equal(refusedBecauseOwned("vm", owner, "train/prod", []), undefined);
    equal(refusedBecauseOwned("vm", undefined, "train/dev", []), undefined);
    equal(refusedBecauseOwned("vm", owner, "train/dev", ["train/prod"]), undefined);
  });

  it("is refused to other stacks by the owner's name, with what to do", () => {
    match(
      refusedBecauseOwned("vm", owner, "train/dev", ["other/prod"]) ?? "",
      /vm belongs to stack train\/prod \(urn:.*::vm\).*takeOverFrom: \["train\/prod"\]/,
    );
  });
});
