import { sameValue } from "../diff/plain";
import { joinPath, type Problem } from "../problems";
import type { DomainDocument, GuestDisk, GuestInterface } from "./document";

/**
 * Networks, pools and volumes by what other programs know them by. libvirt's domain XML takes names alone (formatdomain,
 * "Network interfaces", "Hard drives"), so ids are looked up before a define, and put back into what is observed.
 */
export type Reference =
  | { readonly kind: "network"; readonly id: string }
  | { readonly kind: "volume"; readonly pool?: string | undefined; readonly id: string };

/** What libvirt makes of a reference. */
export type Resolved =
  | { readonly kind: "network"; readonly network: string }
  | { readonly kind: "volume"; readonly pool: string; readonly volume: string }
  | { readonly kind: "missing"; readonly reason: string };

/** By `referenceKey`. */
export type References = ReadonlyMap<string, Resolved>;

/** A document, or what is known of one: the state of a create that failed may have less. */
type Naming = Partial<Pick<DomainDocument, "disks" | "interfaces">>;
type Source = GuestDisk["source"];

export const referenceKey = (reference: Reference): string =>
  JSON.stringify(
    reference.kind === "network" ? [reference.kind, reference.id] : [reference.kind, reference.pool, reference.id],
  );

/** Each reference by id in the documents, once. What they name by name is none. */
export function referencesIn(...documents: readonly (Naming | undefined)[]): Reference[] {
  const all = documents.flatMap((document) => [
    ...Object.values(document?.disks ?? {}).map(({ source }) => volumeReference(source)),
    ...Object.values(document?.interfaces ?? {}).map(networkReference),
  ]);
  const found = all.filter((reference) => reference !== undefined);
  return [...new Map(found.map((reference) => [referenceKey(reference), reference])).values()];
}

/**
 * The document as libvirt's XML says it: with names in place of ids. What libvirt does not know is a problem, at the
 * property that says it.
 */
export function inNames(
  document: DomainDocument,
  found: References,
): { document: DomainDocument; problems: Problem[] } {
  const problems: Problem[] = [];
  const look = (reference: Reference, path: string): Exclude<Resolved, { kind: "missing" }> | undefined => {
    const resolved = found.get(referenceKey(reference));
    if (resolved !== undefined && resolved.kind !== "missing") return resolved;
    problems.push({ path, message: unknownReference(reference, resolved?.reason ?? "nothing") });
    return undefined;
  };
  const disks = mapEntries(document.disks, (disk, name) => {
    const reference = volumeReference(disk.source);
    if (reference === undefined) return disk;
    const { id } = reference;
    const path = joinPath(joinPath(joinPath("disks", name), "source"), isPoolId(reference, id) ? "pool" : "volume");
    const resolved = look(reference, path);
    return resolved?.kind === "volume" ? { ...disk, source: { pool: resolved.pool, volume: resolved.volume } } : disk;
  });
  const interfaces = mapEntries(document.interfaces, (nic, name) => {
    const reference = networkReference(nic);
    if (reference === undefined) return nic;
    const resolved = look(reference, joinPath(joinPath("interfaces", name), "network"));
    return resolved?.kind === "network" ? { ...nic, network: resolved.network } : nic;
  });
  return { document: { ...document, disks, interfaces }, problems };
}

/**
 * What was observed, in the words of those who said it: where an id stands for what is there, the id. The first of
 * `said` that fits counts.
 */
export function inOwnWords(
  observed: DomainDocument,
  said: readonly (Naming | undefined)[],
  found: References,
): DomainDocument {
  const disks = mapEntries(observed.disks, (disk, name) => {
    const sources = said.map((document) => document?.disks?.[name]?.source);
    const source = sources.find((one) => means(one, disk.source, found)) ?? untold(sources, disk.source, found);
    return source === undefined ? disk : { ...disk, source };
  });
  const interfaces = mapEntries(observed.interfaces, (nic, name) => {
    const network = said
      .map((document) => document?.interfaces?.[name])
      .find((one) => one !== undefined && meansNetwork(one, nic, found))?.network;
    return network === undefined ? nic : { ...nic, network };
  });
  return { ...observed, disks, interfaces };
}

/**
 * A pool that is stopped tells nothing of its volumes: then the id stands that all name, the program and the state. One that
 * is new in the program is looked up before it is defined.
 */
function untold(said: readonly (Source | undefined)[], source: Source, found: References): Source | undefined {
  const [first, ...others] = said;
  if (first === undefined || others.length === 0 || !("volume" in source)) return undefined;
  if (others.some((one) => !sameValue(one, first))) return undefined;
  const reference = volumeReference(first);
  const isMissing = reference !== undefined && found.get(referenceKey(reference))?.kind === "missing";
  return isMissing ? first : undefined;
}

function means(said: Source | undefined, source: Source, found: References): said is Source {
  if (said === undefined || !("volume" in source)) return false;
  const reference = volumeReference(said);
  const named = reference ? found.get(referenceKey(reference)) : said;
  return named !== undefined && "volume" in named && named.pool === source.pool && named.volume === source.volume;
}

function meansNetwork(said: GuestInterface, nic: GuestInterface, found: References): boolean {
  const reference = networkReference(said);
  const named = reference ? found.get(referenceKey(reference)) : said;
  return named !== undefined && "network" in named && named.network === nic.network;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** LVM's own UUID of a logical volume, which is its key in libvirt (lvm, format_text/import). */
const LOGICAL_VOLUME = /^[A-Za-z0-9]{6}(-[A-Za-z0-9]{4}){5}-[A-Za-z0-9]{6}$/;

/** Names of volumes hold no "/", paths and the keys of most pools do. */
const isVolumeId = (text: string): boolean => text.includes("/") || LOGICAL_VOLUME.test(text);

function volumeReference(source: Source): Reference | undefined {
  if (!("volume" in source)) return undefined;
  const { pool, volume } = source;
  if (pool === undefined) return { kind: "volume", id: volume };
  return UUID.test(pool) || isVolumeId(volume) ? { kind: "volume", pool, id: volume } : undefined;
}

const networkReference = ({ network }: GuestInterface): Reference | undefined =>
  network !== undefined && UUID.test(network) ? { kind: "network", id: network } : undefined;

/** Whether it is the pool that is said by an id. */
const isPoolId = (reference: Reference, id: string): boolean =>
  reference.kind === "volume" && reference.pool !== undefined && !isVolumeId(id);

function unknownReference(reference: Reference, reason: string): string {
  const what =
    reference.kind === "network"
      ? `there is no network with the UUID ${reference.id}; give the name or UUID of one that \`virsh net-list --all --uuid\` lists`
      : reference.pool === undefined
        ? `no active pool has a volume with the id ${reference.id}; give the key or path of one (\`virsh vol-key\`), and start its pool`
        : `pool ${reference.pool} is not active or has no volume ${reference.id}; see \`virsh pool-list --all --uuid\` and \`virsh vol-list\``;
  return `${what} (libvirt says: ${reason})`;
}

const mapEntries = <T>(entries: Record<string, T>, change: (entry: T, name: string) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, change(entry, name)]));
