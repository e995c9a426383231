import type { AttributeRegistry, BiosReading, SystemFacts } from "../../../core/bios/bios-reading";
import type { BiosPlace } from "./bios-place";
import { type BiosState, isEmpty, lookAt } from "./bios-state";
import type { BmcClient } from "./client";
import { findRegistry } from "./find-registry";
import { biosJobs } from "./jobs";
import { pendingOf } from "./pending";
import type { Registries } from "./registries";
import { systemFactsOf } from "./system-facts";
import type { Work } from "./work";

/** Reads what is at a place; undefined where it is not there (any more). */
export async function readAt(
  client: BmcClient,
  work: Work,
  registries: Registries,
  place: BiosPlace,
  systemDocument?: unknown,
): Promise<BiosReading | undefined> {
  const document = systemDocument ?? (await client.find(work, place.system))?.body;
  const state = document === undefined ? undefined : await lookAt(client, work, place.bios);
  if (!state) return undefined;
  const system = systemFactsOf(place.system, document);
  const { registry, registryProblem } = await registryFor(client, work, registries, { place, state, system });
  const { bios, settings, failures } = state;
  const pending = settings ? pendingOf(bios.listed, settings.listed, registry) : {};
  const job = settings && !isEmpty(pending) ? await jobFor(client, work, place, settings.path) : undefined;
  return {
    system,
    ...(registry === undefined ? {} : { registry }),
    ...(registryProblem === undefined ? {} : { registryProblem }),
    current: bios.listed,
    pending,
    failures,
    appliesAtOnce: settings === undefined,
    ...(job === undefined ? {} : { job }),
  };
}

interface Subject {
  readonly place: BiosPlace;
  readonly state: BiosState;
  readonly system: SystemFacts;
}

/** A registry that is not there is asked for at each look: many BIOSes hand it over at a boot. */
async function registryFor(
  client: BmcClient,
  work: Work,
  registries: Registries,
  { place, state: { registry: id }, system }: Subject,
): Promise<{ registry?: AttributeRegistry; registryProblem?: string }> {
  if (id === undefined) return { registryProblem: "the BMC names no attribute registry for its BIOS" };
  const subject = { id, system, bmc: client.access.address };
  const registry = await registries.get(work, subject, () => findRegistry(client, work, id, place.bios));
  if (registry) return { registry };
  return {
    registryProblem: `the BMC names the attribute registry ${id} and does not have it; some have it after the next boot`,
  };
}

async function jobFor(client: BmcClient, work: Work, place: BiosPlace, settings: string): Promise<string | undefined> {
  const jobs = await biosJobs(client, work, place, settings);
  return jobs.length === 0 ? undefined : jobs.map(({ words }) => words).join(", ");
}
