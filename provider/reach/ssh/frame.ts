/** A byte that texts do not have (ASCII record separator), so that almost nothing is held back for a closer look. */
const MARK = "\x1e";

/** What a framed stream tells. */
interface Listener {
  onBegin(value: string): void;
  onData(chunk: Buffer): void;
  onEnd(value: string): void;
}

/**
 * Takes a command's output out of a stream: what is between the lines `\x1ebegin:NONCE:VALUE` and `\x1eend:NONCE:VALUE`.
 * Before them is what login scripts print, after them what a process prints that outlived the command.
 */
export class Frame {
  private state: "before" | "within" | "after" = "before";
  private held = Buffer.alloc(0);

  constructor(
    private readonly nonce: string,
    private readonly listener: Listener,
  ) {}

  push(chunk: Buffer): void {
    let data = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk;
    this.held = Buffer.alloc(0);
    while (this.state !== "after") {
      const marker = Buffer.from(`${MARK}${this.state === "before" ? "begin" : "end"}:${this.nonce}:`);
      const start = data.indexOf(marker);
      const end = start < 0 ? -1 : data.indexOf("\n", start);
      if (end < 0) {
        this.hold(data, start < 0 ? startOfPart(data, marker) : start);
        return;
      }
      this.pass(data.subarray(0, start));
      const value = data.toString("latin1", start + marker.length, end);
      data = data.subarray(end + 1);
      if (this.state === "before") {
        this.state = "within";
        this.listener.onBegin(value);
      } else {
        this.state = "after";
        this.listener.onEnd(value);
      }
    }
  }

  /** Hands on what is certainly no part of a marker. */
  private hold(data: Buffer, from: number): void {
    this.pass(data.subarray(0, from));
    this.held = Buffer.from(data.subarray(from));
  }

  private pass(data: Buffer): void {
    if (this.state === "within" && data.length > 0) this.listener.onData(data);
  }
}

/** Where a marker may begin whose end is not there yet. */
function startOfPart(data: Buffer, marker: Buffer): number {
  let from = data.indexOf(MARK, Math.max(0, data.length - marker.length + 1));
  while (from >= 0 && !data.subarray(from).equals(marker.subarray(0, data.length - from))) {
    from = data.indexOf(MARK, from + 1);
  }
  return from < 0 ? data.length : from;
}
