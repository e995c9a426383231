/** An element as NCCL's reader keeps it. */
export interface NcclNode {
  readonly name: string;
  readonly attributes: readonly (readonly [key: string, value: string])[];
  readonly children: NcclNode[];
}

/** Reading ended here: NCCL would give up or read something else than was meant. */
export class NcclReadError extends Error {}

const MAX_STR_LEN = 255;
const MAX_ATTRIBUTES = 16;
const MAX_CHILDREN = 640;
const MAX_ELEMENTS = 256;

/**
 * Reads a topology file letter by letter, as NCCL does (nccl src/graph/xml.cc), but strictly: what NCCL would take for
 * something else than it looks like is an error here. Shares no code with core.
 */
export function readAsNccl(text: string): NcclNode[] {
  return new Reader(text).elements();
}

class Reader {
  private at = 0;
  private count = 0;

  constructor(private readonly text: string) {}

  elements(parent?: string): NcclNode[] {
    const nodes: NcclNode[] = [];
    for (;;) {
      while (this.peek() === " " || this.peek() === "\n" || this.peek() === "\r") this.at++;
      if (this.at === this.text.length) {
        if (parent !== undefined) this.fail(`<${parent}> has no end`);
        return nodes;
      }
      if (this.next() !== "<") this.fail(`expected "<", got ${JSON.stringify(this.text[this.at - 1])}`);
      if (this.peek() === "/") {
        this.at++;
        const name = this.upTo(">");
        if (name !== parent) this.fail(`</${name}> ends <${parent ?? "nothing"}>`);
        return nodes;
      }
      if (nodes.length === MAX_CHILDREN) this.fail(`more than ${MAX_CHILDREN} children`);
      nodes.push(this.element());
    }
  }

  private element(): NcclNode {
    if (++this.count > MAX_ELEMENTS) this.fail(`more than ${MAX_ELEMENTS} elements`);
    const name = this.word(" />");
    if (!/^[a-z0-9]+$/.test(name)) this.fail(`${JSON.stringify(name)} is no element's name`);
    const attributes: [string, string][] = [];
    while (this.peek() === " ") {
      this.at++;
      const key = this.word("=");
      if (!/^[a-z_]+$/.test(key)) this.fail(`${JSON.stringify(key)} is no attribute's name`);
      this.at++;
      if (attributes.some(([known]) => known === key)) this.fail(`${key} is there twice`);
      attributes.push([key, this.value()]);
      if (attributes.length > MAX_ATTRIBUTES) this.fail(`more than ${MAX_ATTRIBUTES} attributes`);
    }
    const end = this.next();
    if (end === ">") return { name, attributes, children: this.elements(name) };
    if (end !== "/" || this.next() !== ">") this.fail(`expected ">" after <${name}`);
    return { name, attributes, children: [] };
  }

  private value(): string {
    const quote = this.next();
    if (quote !== '"' && quote !== "'") this.fail("a value without quotes");
    const start = this.at;
    while (this.next() !== quote) if (this.at - start >= MAX_STR_LEN - 1) this.fail("a value is too long");
    return this.text.slice(start, this.at - 1);
  }

  /** Letters up to one of `ends`, which stays; a name has one line. */
  private word(ends: string): string {
    const start = this.at;
    while (!ends.includes(this.peek())) {
      if (/[\s<>"']/.test(this.next())) this.fail(`${JSON.stringify(this.text[this.at - 1])} in a name`);
      if (this.at - start >= MAX_STR_LEN - 1) this.fail("a name is too long");
    }
    return this.text.slice(start, this.at);
  }

  private upTo(end: string): string {
    const word = this.word(end);
    this.at++;
    return word;
  }

  private peek(): string {
    return this.text[this.at] ?? "";
  }

  private next(): string {
    const letter = this.text[this.at++];
    if (letter === undefined) return this.fail("the file is cut off");
    return letter;
  }

  private fail(message: string): never {
    const line = this.text.slice(0, this.at).split("\n").length;
    throw new NcclReadError(`line ${line}: ${message}`);
  }
}
