import { elementsToAsk, needsListing } from "../../../core/nic/adapter";
import { type HostReading, parseHostReading } from "../../../core/nic/host-reading";
import { type Look, observeScript } from "../../../core/nic/observe-script";
import type { ResourceContext } from "../../protocol/definition";

/** A full query takes a card seconds; all of a host are asked side by side. */
const LOOK_MS = 120_000;

type Looker = Pick<ResourceContext, "machine" | "signal">;

/** All adapters of a host, as who looks at the same moment sees them too. */
export const lookAtAdapters = (context: Looker): Promise<HostReading> =>
  context.machine.facts("nic-firmware", () => read(context, {}));

/**
 * An adapter, by a reading that all share who look at the same moment. Where something writes, readings are not shared,
 * and only the writer's own adapter is asked.
 */
export async function lookAtAdapter(context: Looker, device: string, names: ReadonlySet<string>): Promise<HostReading> {
  const { machine } = context;
  const reading = machine.isShared ? await lookAtAdapters(context) : await read(context, { device });
  const query = reading.cards.get(device)?.query;
  if (query === undefined) return reading;
  const elements = elementsToAsk(query, names);
  const listing = needsListing(query, names);
  if (elements.length === 0 && !listing) return reading;
  const more: Look = { device, elements, listing };
  return machine.facts(`nic-firmware ${JSON.stringify(more)}`, () => read(context, more));
}

async function read({ machine, signal }: Looker, look: Look): Promise<HostReading> {
  const name = "read NIC firmware parameters";
  const { exitCode, stdout, stderr } = await machine.reach.run(observeScript(look), {
    signal,
    timeoutMs: LOOK_MS,
    name,
  });
  const where = `${machine.reach.machine}: ${name}`;
  if (exitCode !== 0) throw new Error(`${where}: the script ended with ${exitCode}: ${stderr.trim()}`);
  try {
    return parseHostReading(stdout.toString());
  } catch (cause) {
    throw new Error(`${where}: ${(cause as Error).message}`, { cause });
  }
}
