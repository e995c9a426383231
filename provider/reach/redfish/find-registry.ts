import type { AttributeRegistry } from "../../../core/bios/bios-reading";
import type { BmcClient } from "./client";
import { at, idOf, linkAt, listAt, textAt } from "./json";
import { registryOf } from "./registry-document";
import type { Work } from "./work";

/** Registries are large, and text: this is what they come in fastest. */
const ZIPPED = { "accept-encoding": "gzip" };

/**
 * The attribute registry of an id, by whatever way the BMC has it: as Registries/ID, as a registry file of a like name in
 * the list, or below Bios. Undefined where it has none.
 */
export async function findRegistry(
  client: BmcClient,
  work: Work,
  id: string,
  bios: string,
): Promise<AttributeRegistry | undefined> {
  const { registries } = await client.root(work);
  const collection = registries.replace(/\/+$/, "");
  const named = await fromFile(client, work, id, `${collection}/${encodeURIComponent(id)}`);
  if (named) return named;
  for (const path of await likely(client, work, id, collection)) {
    const found = await fromFile(client, work, id, path);
    if (found) return found;
  }
  // Dell's place for it (iDRAC9 Redfish API guide, "Bios Registry").
  return registryOf(id, (await client.find(work, `${bios.replace(/\/+$/, "")}/BiosRegistry`, ZIPPED))?.body);
}

/** Registry files that may be it: vendors leave the version or the model out of the name, or add a language. */
async function likely(client: BmcClient, work: Work, id: string, collection: string): Promise<string[]> {
  const wanted = id.toLowerCase();
  const beginning = wanted.split(".")[0] ?? wanted;
  const paths = ((await client.members(work, collection)) ?? []).map(({ path }) => path);
  return paths.filter((path) => {
    const name = idOf(path).toLowerCase();
    return name !== wanted && (/^bios.*registry/.test(name) || name.startsWith(beginning));
  });
}

/** The registry of a file; undefined where there is none, or another one. */
async function fromFile(
  client: BmcClient,
  work: Work,
  id: string,
  path: string,
): Promise<AttributeRegistry | undefined> {
  const file = (await client.find(work, path, ZIPPED))?.body;
  // Some have the registry itself where its file's description belongs.
  if (listAt(file, "RegistryEntries", "Attributes").length > 0)
    return isNamed(file, path, id) ? registryOf(id, file) : undefined;
  const uri = englishUri(file);
  const document = uri === undefined ? undefined : (await client.find(work, uri, ZIPPED))?.body;
  return isNamed(file, path, id) || textAt(document, "Id") === id ? registryOf(id, document) : undefined;
}

/** Whether a file is for the registry of that id: by the path, or by what it says, which may lack the version. */
function isNamed(file: unknown, path: string, id: string): boolean {
  const wanted = bare(id);
  return [idOf(path), textAt(file, "Registry"), textAt(file, "Id")].some((name) => {
    const found = bare(name ?? "");
    return found === wanted || wanted.startsWith(`${found}.`) || found.startsWith(`${wanted}.`);
  });
}

/** A name without language and file type, which AMI's have: `BiosAttributeRegistry0ACQZ.en-US.0.72.0.json`. */
const bare = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.json$/, "")
    .replace(/\.[a-z]{2}-[a-z]{2}(?=\.|$)/, "");

/** Where the English one is (DSP0268, MessageRegistryFile.Location); the first where no language is named so. */
function englishUri(file: unknown): string | undefined {
  const locations = listAt(file, "Location");
  const english = locations.find((location) => /^en\b/i.test(textAt(location, "Language") ?? ""));
  const uri = at(english ?? locations[0], "Uri");
  // HPE's older BMCs have a link object here.
  return typeof uri === "string" ? uri : (linkAt(uri) ?? textAt(uri, "extref"));
}
