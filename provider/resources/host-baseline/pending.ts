import type { BiosReading } from "../../../core/bios/bios-reading";
import { runningValue } from "../../../core/bios/next-values";
import type { ResourceContext } from "../../protocol/definition";
import { messageOf } from "../../protocol/errors";
import { nicParametersWaiting } from "../nic-firmware/waiting";

/**
 * What was written and still waits for a boot: settings of the BIOS, parameters of NICs' firmware. A source that cannot be
 * read is told as such: nothing is passed over in silence.
 */
export async function waitingForBoot(context: ResourceContext): Promise<string[]> {
  const sources = [
    told(context, "settings of the BIOS, perhaps", () => biosWaiting(context)),
    told(context, "firmware parameters of NICs, perhaps", () => nicsWaiting(context)),
  ];
  return (await Promise.all(sources)).flat();
}

async function told({ signal }: ResourceContext, what: string, read: () => Promise<string[]>): Promise<string[]> {
  try {
    return await read();
  } catch (error) {
    if (signal.aborted) throw error;
    return [`${what}: ${messageOf(error)}`];
  }
}

async function biosWaiting({ machine, signal }: ResourceContext): Promise<string[]> {
  const reading = await machine.redfish?.readBios(undefined, { signal });
  return reading ? pendingSettings(reading) : [];
}

function pendingSettings(reading: BiosReading): string[] {
  return Object.entries(reading.pending).map(([name, value]) => {
    const now = runningValue(reading, name);
    return `BIOS setting ${name}: ${now === undefined ? "" : `${now} → `}${value}`;
  });
}

const nicsWaiting = async (context: ResourceContext): Promise<string[]> =>
  (await nicParametersWaiting(context)).map((one) => `NIC firmware parameter ${one}`);
