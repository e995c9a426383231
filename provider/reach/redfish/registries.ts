import type { AttributeRegistry, SystemFacts } from "../../../core/bios/bios-reading";
import { SharedWork } from "./shared-work";
import type { Work } from "./work";

/** Attribute registries that were read, shared among all BMCs of one model and BIOS. */
export class Registries {
  private readonly known = new Map<string, AttributeRegistry>();
  private readonly reading = new Map<string, SharedWork<AttributeRegistry | undefined>>();

  /** The registry of that id, read where it is not known yet. `bmc` keeps those apart whose model is not known. */
  async get(
    work: Work,
    { id, system, bmc }: { readonly id: string; readonly system: SystemFacts; readonly bmc: string },
    read: () => Promise<AttributeRegistry | undefined>,
  ): Promise<AttributeRegistry | undefined> {
    const { manufacturer, model, biosVersion } = system;
    const isTelling = manufacturer !== undefined && model !== undefined && biosVersion !== undefined;
    const key = JSON.stringify(isTelling ? [manufacturer, model, biosVersion, id] : [bmc, id]);
    const known = this.known.get(key);
    if (known) return known;
    const shared = this.reading.get(key) ?? new SharedWork<AttributeRegistry | undefined>();
    this.reading.set(key, shared);
    const readOnce = async () => {
      const found = this.known.get(key) ?? (await read());
      if (found) this.known.set(key, found);
      return found;
    };
    // Another BMC's failure says nothing of this one.
    return shared
      .run(readOnce, work.signal, () => true)
      .catch((error: unknown) => {
        throw work.signal.aborted ? work.ended() : error;
      });
  }
}
