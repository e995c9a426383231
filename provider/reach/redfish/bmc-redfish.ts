import type { AttributeRegistry, Attributes, BiosReading } from "../../../core/bios/bios-reading";
import type { BmcAccess } from "./access";
import { type BiosPlace, type FoundBios, findBios } from "./bios-place";
import type { BmcClient } from "./client";
import type { Limits } from "./limits";
import { readAt } from "./read-bios";
import type { BmcOptions, Redfish } from "./redfish";
import type { Registries } from "./registries";
import { Work } from "./work";
import { writeAt } from "./write-bios";

/** A BMC that several machines' names may stand for: one client, which ends with its last user. */
export interface SharedBmc {
  readonly client: BmcClient;
  /** Where the BIOS settings of a system are, by its id; "" for the only one. */
  readonly places: Map<string, BiosPlace>;
  /** The attribute registries that were last read, by path of Bios. */
  readonly registries: Map<string, AttributeRegistry>;
  readonly users: Set<BmcRedfish>;
}

/** Redfish over HTTPS. Nothing connects before the first reading or writing. */
export class BmcRedfish implements Redfish {
  private warned = false;

  constructor(
    readonly machine: string,
    private readonly access: BmcAccess,
    private readonly shared: SharedBmc,
    private readonly registries: Registries,
    private readonly limits: Limits,
  ) {}

  readBios(system: string | undefined, options: BmcOptions): Promise<BiosReading | undefined> {
    return this.use("read the BIOS settings", options, async (work) => {
      const known = this.shared.places.get(system ?? "");
      const reading = known && (await this.read(work, known));
      if (reading) return reading;
      const found = await this.find(work, system);
      return found && this.read(work, found.place, found.document);
    });
  }

  writeBios(system: string | undefined, attributes: Attributes, options: BmcOptions): Promise<void> {
    return this.use("write BIOS settings", options, async (work) => {
      if (Object.keys(attributes).length === 0) return;
      const { client, places, registries } = this.shared;
      const place = places.get(system ?? "") ?? (await this.find(work, system))?.place;
      if (!place) {
        const which = system === undefined ? "no system" : `no system ${system}`;
        throw work.fail("refused", `the BMC has ${which} with BIOS settings`);
      }
      await writeAt({ client, work, place, registry: registries.get(place.bios) }, attributes);
    });
  }

  async close(): Promise<void> {
    const { users, client } = this.shared;
    users.delete(this);
    if (users.size === 0) await client.end();
  }

  private async read(work: Work, place: BiosPlace, document?: unknown): Promise<BiosReading | undefined> {
    const { client, registries } = this.shared;
    const reading = await readAt(client, work, this.registries, place, document);
    if (reading?.registry) registries.set(place.bios, reading.registry);
    return reading;
  }

  private async find(work: Work, system: string | undefined): Promise<FoundBios | undefined> {
    const found = await findBios(this.shared.client, work, system);
    if (found) this.shared.places.set(system ?? "", found.place);
    return found;
  }

  private use<T>(task: string, options: BmcOptions, run: (work: Work) => Promise<T>): Promise<T> {
    const { machine, limits } = this;
    const { client, users } = this.shared;
    users.add(this);
    if (!this.access.verifyCertificate && !this.warned) {
      this.warned = true;
      options.warn?.(
        `${machine}: the certificate of its BMC is not checked (bmc.verifyCertificate is false): whoever answers at its address gets the password; pin the certificate with bmc.certificateSha256`,
      );
    }
    return client.use(options.signal, () => run(new Work({ machine, task, options, limits, secrets: client.secrets })));
  }
}
