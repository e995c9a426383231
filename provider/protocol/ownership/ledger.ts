import type { PlainObject } from "../../../core/diff/plain";
import type { Owner } from "../../../core/ownership/owner";
import type { ResourceContext } from "../definition";
import type { Resource } from "../resource";
import type { OwnershipRecord } from "./record";
import { readRecord, removeRecord, writeRecord } from "./record-file";

/** What is written down of who owns a thing: in a record beside it, or in the thing itself. */
export interface Ledger {
  /** What is written down; undefined where nobody owns the thing. Read together with the thing, before any write. */
  readonly record: OwnershipRecord | undefined;
  /** Writes down who owns the thing from now on. Before the first write, so that a killed one leaves its trace. */
  write(record: OwnershipRecord): Promise<void>;
  erase(): Promise<void>;
}

/** Reads a thing and what is written down of it, at the same time. */
export async function readWithLedger(
  resource: Resource,
  context: ResourceContext,
  key: string,
  read: () => Promise<PlainObject | undefined>,
): Promise<{ observed: PlainObject | undefined; ledger: Ledger }> {
  const { ownerIn, kind } = resource.definition;
  if (ownerIn) {
    const observed = await read();
    return { observed, ledger: inTheThing(observed && ownerIn.call(resource.definition, observed)) };
  }
  const [observed, { path, record }] = await Promise.all([read(), readRecord(context, kind, key)]);
  const ledger: Ledger = {
    record,
    write: (written) => writeRecord(context, path, [kind, key], written),
    erase: () => removeRecord(context, path),
  };
  return { observed, ledger };
}

/** Whoever writes the thing writes its owner with it, and it goes with the thing. */
function inTheThing(owner: Owner | undefined): Ledger {
  const done = () => Promise.resolve();
  return { record: owner && { owner, existed: false, previous: [] }, write: done, erase: done };
}
