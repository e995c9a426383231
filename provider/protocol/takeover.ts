import type { PlainObject } from "../../core/diff/plain";
import { type Owner, refusedBecauseOwned } from "../../core/ownership/owner";
import type { Ledger } from "./ownership/ledger";
import type { Place } from "./place";

/** The thing is somebody else's: said at preview already, and never overcome by trying again. */
export class TakeoverRefused extends Error {
  override name = "TakeoverRefused";
}

/** A thing as found before a write. */
interface Found {
  readonly before: PlainObject | undefined;
  readonly ledger: Ledger;
  readonly owner: Owner;
  readonly creating: boolean;
}

/**
 * Refuses to write what another stack owns and, on create, a thing that was made by nobody's stack. A thing of the same
 * stack is taken over: a resource that was renamed in the program is created before the old one is deleted.
 * @throws TakeoverRefused that names the owner and what to do
 */
export function refuseTakeover(place: Place, { before, ledger, owner, creating }: Found): void {
  const what = `${place.resource.typeName} ${place.id}`;
  const refused = refusedBecauseOwned(what, ledger.record?.owner, owner.stack, place.takeOverFrom);
  if (refused) throw new TakeoverRefused(refused);
  const isMade = place.resource.definition.ownerIn !== undefined;
  if (creating && isMade && before && !ledger.record) {
    throw new TakeoverRefused(
      `${what} is there already and was not made by this provider; import it by the id ${place.id}, or choose another name`,
    );
  }
}
