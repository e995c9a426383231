/** Work that several ask for at the same moment and one does. Where that one fails, `mayRetry` says who goes on. */
export class SharedWork<T> {
  private running: Promise<T> | undefined;

  /**
   * What `work` gives: one's own, or that of who was first.
   * @param mayRetry whether another one's failure leaves this asker to try by itself
   * @throws what the signal was aborted with, while waiting for another one
   */
  async run(work: () => Promise<T>, signal: AbortSignal, mayRetry: (error: unknown) => boolean): Promise<T> {
    for (;;) {
      const { running } = this;
      if (!running) return this.begin(work);
      try {
        return await unlessAborted(running, signal);
      } catch (error) {
        if (signal.aborted || !mayRetry(error)) throw error;
      }
    }
  }

  private async begin(work: () => Promise<T>): Promise<T> {
    const mine = work();
    this.running = mine;
    try {
      return await mine;
    } finally {
      if (this.running === mine) this.running = undefined;
    }
  }
}

/** What a promise gives. @throws what the signal was aborted with, where that comes first */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
