import type { Attributes, BiosReading } from "../../../core/bios/bios-reading";
import { inForce } from "../../../core/bios/next-values";
import type { WantedSettings } from "../../../core/bios/plan-writes";
import { type Resolutions, resolveIntents } from "../../../core/bios/resolve-intents";
import type { ResourceContext } from "../../protocol/definition";

/** One look at a BIOS. */
export interface Look {
  readonly reading: BiosReading;
  /** By which attributes it offers the intents. */
  readonly resolutions: Resolutions;
  /** What was last seen in force: some BMCs hide that once a setting waits. */
  readonly inForce: Attributes;
  /** What the program asked for when it was looked at: a write tells by it what comes back from what is wanted. */
  readonly wanted: WantedSettings;
}

/**
 * The last look at the BIOS of each machine. A plan is judged by the whole registry, which is far too large for a state:
 * every plan looks at the machine first, and this keeps what it saw until it is judged and written.
 */
export class Looks {
  private readonly last = new Map<string, Look>();

  keep({ machine }: ResourceContext, key: string, reading: BiosReading, wanted: WantedSettings): Look {
    const before = this.of(machine.name, key)?.inForce;
    const look = { reading, resolutions: resolveIntents(reading), inForce: inForce(reading, before), wanted };
    this.last.set(nameOf(machine.name, key), look);
    return look;
  }

  /** Undefined where this process has not looked, as in an update without a refresh. */
  of(host: string | undefined, key: string): Look | undefined {
    return host === undefined ? undefined : this.last.get(nameOf(host, key));
  }
}

const nameOf = (host: string, key: string): string => `${host}/${key}`;
