import { elementsToAsk, needsListing } from "../../../core/nic/adapter";
import { type HostReading, parseHostReading } from "../../../core/nic/host-reading";
import { type Look, observeScript } from "../../../core/nic/observe-script";
import type { ResourceContext } from "../../protocol/definition";
import { ReachError } from "../../reach/reach";

/** A full query takes a card seconds; all of a host are asked side by side. */
const LOOK_MS = 120_000;

/** What is done, as errors name it. */
export const LOOK_TASK = "read NIC firmware parameters";

type Looker = Pick<ResourceContext, "machine" | "signal">;

/**
 * All adapters of a host, as who looks at the same moment sees them too.
 * @throws ReachError where the host gives no answer that is understood
 */
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
  const { reach } = machine;
  const failed = (why: string, cause?: unknown) => new ReachError(reach.machine, LOOK_TASK, "refused", why, { cause });
  const options = { signal, timeoutMs: LOOK_MS, name: LOOK_TASK };
  const { exitCode, stdout, stderr } = await reach.run(observeScript(look), options);
  if (exitCode !== 0) throw failed(`the script ended with ${exitCode}: ${stderr.trim()}`);
  try {
    return parseHostReading(stdout.toString());
  } catch (cause) {
    throw failed((cause as Error).message, cause);
  }
}
