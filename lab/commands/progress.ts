const EVERY_MS = process.stderr.isTTY ? 1000 : 15_000;

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** Shows on standard error what takes time, how long it has taken and what is usual; then what it took. */
export async function showing<T>(phase: string, expectedSeconds: number, work: Promise<T>): Promise<T> {
  const begun = performance.now();
  const line = (): string => `  ${phase} … ${seconds(performance.now() - begun)} of about ${expectedSeconds} s`;
  const draw = (text: string): boolean => process.stderr.write(process.stderr.isTTY ? `\r\x1b[2K${text}` : `${text}\n`);
  draw(line());
  const timer = setInterval(() => draw(line()), EVERY_MS);
  try {
    const result = await work;
    clearInterval(timer);
    draw(`  ${phase}: done in ${seconds(performance.now() - begun)}${process.stderr.isTTY ? "\n" : ""}`);
    return result;
  } catch (error) {
    clearInterval(timer);
    draw(`  ${phase}: failed after ${seconds(performance.now() - begun)}${process.stderr.isTTY ? "\n" : ""}`);
    throw error;
  }
}
