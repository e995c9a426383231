import type { Attributes, BiosReading } from "../../../core/bios/bios-reading";
import type { BmcOptions, Redfish } from "../../../provider/reach/redfish/redfish";

/** A BMC in memory: what is written waits for `boot`. It checks nothing: what reaches it was judged before. */
export class FakeRedfish implements Redfish {
  readonly machine = "node7";
  readonly written: Attributes[] = [];
  /** Shows scheduled values as if they were in force. */
  showsEarly = false;
  reads = 0;
  /** The systems that were asked for. */
  readonly systems: (string | undefined)[] = [];

  constructor(public reading: BiosReading | undefined) {}

  async readBios(system: string | undefined, { signal }: BmcOptions): Promise<BiosReading | undefined> {
    signal.throwIfAborted();
    this.reads++;
    this.systems.push(system);
    const { reading } = this;
    if (!reading || !this.showsEarly) return reading;
    return { ...reading, current: { ...reading.current, ...reading.pending } };
  }

  async writeBios(_system: string | undefined, attributes: Attributes): Promise<void> {
    this.written.push(attributes);
    this.schedule(attributes);
  }

  /** Through the BMC's own interface, too. */
  schedule(attributes: Attributes): void {
    if (!this.reading) throw new Error("no BIOS settings");
    const { current } = this.reading;
    const pending = Object.entries({ ...this.reading.pending, ...attributes });
    this.reading = {
      ...this.reading,
      pending: Object.fromEntries(pending.filter(([name, value]) => current[name] !== value)),
    };
  }

  /** Applies what waits, but for what is refused. */
  boot(refused: readonly string[] = []): void {
    if (!this.reading) throw new Error("no BIOS settings");
    const { current, pending } = this.reading;
    const taken = Object.entries(pending).filter(([name]) => !refused.includes(name));
    this.reading = {
      ...this.reading,
      current: { ...current, ...Object.fromEntries(taken) },
      pending: {},
      failures: refused.map((name) => ({ message: `The property ${name} could not be set.`, attributes: [name] })),
    };
  }

  async close(): Promise<void> {
    this.reading = undefined;
  }
}
