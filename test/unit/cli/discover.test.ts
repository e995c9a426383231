import assert from "node:assert/strict";
import { readHost } from "../../../core/topology/read-host";
import { gpudirect } from "./cli";

describe("gpudirect discover, as a process", function () {
  this.timeout(60_000);

  it("prints a host file of this machine alone on standard output", async () => {
    const { code, stdout, stderr } = await gpudirect(["discover"]);
    assert.equal(code, 0, stderr);
    assert.ok(readHost(stdout, "this machine").numaNodes.length > 0);
    assert.ok(
      stderr.split("\n").every((line) => line === "" || line.startsWith("warning: ")),
      stderr,
    );
  });

  const refused: [args: string[], code: number, message: RegExp][] = [
    [["ssh://user:secret@host"], 1, /holds no password/],
    [["ssh://-oProxyCommand=x"], 1, /is no host name/],
    [["host"], 1, /named like ssh:\/\//],
    [["ssh://a", "ssh://b"], 2, /usage: gpudirect discover/],
  ];
  for (const [args, code, message] of refused) {
    it(`refuses ${args.join(" ")}`, async () => {
      const result = await gpudirect(["discover", ...args]);
      assert.deepEqual([result.code, result.stdout], [code, ""]);
      assert.match(result.stderr, message);
      assert.doesNotMatch(result.stderr, /^\s+at |:secret@/m);
    });
  }

  it("says that a machine cannot be reached, with what ssh said", async () => {
    const { code, stdout, stderr } = await gpudirect(["discover", "ssh://nobody@localhost:1"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.doesNotMatch(stderr, /^\s+at /m);
    assert.match(stderr, /^(error|gpudirect): /);
  });
});
