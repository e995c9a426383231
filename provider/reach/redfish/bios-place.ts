import type { BmcClient, Member } from "./client";
import { idOf, linkAt, listAt } from "./json";
import { pathWithin, samePath } from "./paths";
import type { Work } from "./work";

/** Where a system's BIOS settings are. */
export interface BiosPlace {
  readonly system: string;
  readonly bios: string;
  /** The manager that looks after the system; undefined where the BMC does not say. */
  readonly manager: string | undefined;
}

/** A place with what its system said when it was found. */
export interface FoundBios {
  readonly place: BiosPlace;
  readonly document: unknown;
}

/**
 * Finds the system with BIOS settings: that of an id, or the only one. Boards of accelerators are systems too, without.
 * @throws RedfishError where several have any and no id was given, and where the BMC lists no system at all
 */
export async function findBios(
  client: BmcClient,
  work: Work,
  system: string | undefined,
): Promise<FoundBios | undefined> {
  const { systems } = await client.root(work);
  const members = systems === undefined ? [] : ((await client.members(work, systems)) ?? []);
  // It says nothing of what is there: a BMC that is starting has its list empty for a while.
  if (members.length === 0) {
    throw work.fail(
      "refused",
      "the BMC lists no system; it may be starting: try again later, or reset it where it stays so",
    );
  }
  const wanted = members.filter(({ path }) => system === undefined || idOf(path) === system);
  const found: FoundBios[] = [];
  for (const member of wanted) {
    const one = await biosIn(client, work, member);
    if (one) found.push(one);
  }
  if (found.length > 1) {
    const ids = found.map(({ place }) => idOf(place.system)).join(", ");
    throw work.fail("refused", `the BMC has several systems with BIOS settings: ${ids}; name one of them as system`);
  }
  return found[0];
}

async function biosIn(client: BmcClient, work: Work, { path, document }: Member): Promise<FoundBios | undefined> {
  // A system that a collection lists may be one that is not plugged in: then there is nothing at its path.
  const system = document ?? (await client.find(work, path))?.body;
  const bios = linkAt(system, "Bios");
  if (bios === undefined || samePath(bios, path)) return undefined;
  const manager = linkAt({ first: listAt(system, "Links", "ManagedBy")[0] }, "first");
  const place = {
    system: path,
    bios: pathWithin(bios),
    manager: manager === undefined ? undefined : pathWithin(manager),
  };
  return { place, document: system };
}
