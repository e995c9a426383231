/** How many commands run at a time, for connections whose server allows only so many sessions. */
export class Slots {
  private used = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private limit: number) {}

  /** A slot, when there is one. The function that it gives frees it again; `signal` ends the wait. */
  async take(signal: AbortSignal): Promise<() => void> {
    while (this.used >= this.limit) await this.change(signal);
    signal.throwIfAborted();
    this.used += 1;
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      this.used -= 1;
      this.wake();
    };
  }

  /** The server has refused a session: there are fewer than was thought. False where there was only one. */
  shrink(): boolean {
    if (this.limit === 1) return false;
    this.limit = Math.max(1, Math.min(this.limit - 1, this.used));
    return true;
  }

  private async change(signal: AbortSignal): Promise<void> {
    let wake: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      this.waiting.push(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
    signal.removeEventListener("abort", wake);
    this.waiting.splice(this.waiting.indexOf(wake), 1);
    signal.throwIfAborted();
  }

  private wake(): void {
    for (const wake of this.waiting) wake();
  }
}
