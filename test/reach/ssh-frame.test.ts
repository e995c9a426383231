import assert from "node:assert/strict";
import fc from "fast-check";
import { Frame } from "../../provider/reach/ssh/frame";

/** What a frame tells of a stream that comes in pieces. */
function read(chunks: readonly Buffer[]) {
  const seen = { begin: [] as string[], data: [] as Buffer[], end: [] as string[] };
  const frame = new Frame("n0", {
    onBegin: (value) => seen.begin.push(value),
    onData: (chunk) => seen.data.push(chunk),
    onEnd: (value) => seen.end.push(value),
  });
  for (const chunk of chunks) frame.push(chunk);
  return { begin: seen.begin, data: Buffer.concat(seen.data).toString("latin1"), end: seen.end };
}

describe("the frame of a command's output", () => {
  const stream = (output: string) => Buffer.from(`noise\x1ebegin:n0:42\n${output}\x1eend:n0:7\nlate`, "latin1");

  it("is found wherever the stream is cut, and nothing of the output is lost", () => {
    const parts = ["\x1e", "\x1eend", "\x1eend:n0", "\x1ebegin:n0:1\n", "\n", "n0:", "x", "\xff\0"];
    const outputs = fc.array(fc.constantFrom(...parts)).map((words) => words.join(""));
    const cuts = fc.array(fc.nat(120));
    fc.assert(
      fc.property(outputs, cuts, (output, at) => {
        const whole = stream(output);
        const edges = [0, ...at.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge));
        assert.deepEqual(read(chunks), { begin: ["42"], data: output, end: ["7"] });
      }),
    );
  });

  it("hands on at once what cannot be its end", () => {
    assert.equal(read([Buffer.from("\x1ebegin:n0:1\nlocked\n")]).data, "locked\n");
    assert.equal(read([Buffer.from("\x1ebegin:n0:1\nlocked\x1ee")]).data, "locked");
  });
});
