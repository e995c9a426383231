/** Bytes of a stream up to a limit: its head, after which no more is taken, or its tail. */
export class Output {
  private readonly chunks: Buffer[] = [];
  private length = 0;

  constructor(
    private readonly limit: number,
    private readonly keep: "head" | "tail",
  ) {}

  /** Takes a chunk; false where the head is full. */
  add(chunk: Buffer): boolean {
    if (this.keep === "head" && this.length + chunk.length > this.limit) return false;
    this.chunks.push(chunk);
    this.length += chunk.length;
    for (let first = this.chunks[0]; first && this.length - first.length >= this.limit; first = this.chunks[0]) {
      this.chunks.shift();
      this.length -= first.length;
    }
    return true;
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks).subarray(this.keep === "tail" ? -this.limit : 0);
  }
}
