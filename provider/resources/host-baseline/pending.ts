import type { BiosReading } from "../../../core/bios/bios-reading";
import type { ResourceContext } from "../../protocol/definition";
import { messageOf } from "../../protocol/errors";

/**
 * What was written and still waits for a boot: settings of the BIOS, parameters of NICs' firmware. A source that cannot be
 * read is told as such: nothing is passed over in silence.
 */
export async function waitingForBoot(context: ResourceContext): Promise<string[]> {
  const sources = [biosWaiting(context)];
  return (await Promise.all(sources)).flat();
}

async function biosWaiting({ machine, signal }: ResourceContext): Promise<string[]> {
  const { redfish } = machine;
  if (!redfish) return [];
  try {
    const reading = await redfish.readBios(undefined, { signal });
    return reading ? pendingSettings(reading) : [];
  } catch (error) {
    if (signal.aborted) throw error;
    return [`the BIOS's settings, perhaps: ${messageOf(error)}`];
  }
}

const pendingSettings = ({ pending, current }: BiosReading): string[] =>
  Object.entries(pending).map(([name, value]) => `BIOS setting ${name}: ${current[name]} → ${value}`);
