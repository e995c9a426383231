import { ReachError } from "./reach";

/** How long a reading counts as being of the same moment, in milliseconds from its start. */
const MOMENT_MS = 1000;

interface Reading {
  readonly startedAt: number;
  readonly value: Promise<unknown>;
}

/**
 * Readings of a machine that all who ask at the same moment share, so that many resources cost one round trip. A write
 * ends the moment: what is read after it was begun after it.
 */
export class Facts {
  private readonly readings = new Map<string, Reading>();

  /** The reading of that name: one that was begun a moment ago, else a new one. A failed one is shared like any other. */
  read<T>(name: string, read: () => Promise<T>): Promise<T> {
    const now = Date.now();
    const recent = this.readings.get(name);
    if (recent && now - recent.startedAt < MOMENT_MS) {
      // Who began it may have been cancelled; the others were not.
      return recent.value.catch((error: unknown) => {
        if (error instanceof ReachError && error.phase === "cancelled") return this.read(`${name}, again`, read);
        throw error;
      }) as Promise<T>;
    }
    const value = read();
    this.readings.set(name, { startedAt: now, value });
    return value;
  }

  /** Ends the moment: something has been written, or may have been. */
  forget(): void {
    this.readings.clear();
  }
}
