import assert from "node:assert/strict";
import { LIMITS } from "../../../../provider/reach/redfish";
import { samePath } from "../../../../provider/reach/redfish/paths";
import { pendingOf } from "../../../../provider/reach/redfish/pending";
import { backoff, retryAfterMs } from "../../../../provider/reach/redfish/retry";

describe("Redfish client: what is pending", () => {
  const current = { A: "on", B: "on", C: 1, Fact: "x" };
  const registry = {
    id: "R",
    attributes: [{ name: "Fact", type: "String", readOnly: true } as const],
    dependencies: [],
  };

  it("is all that a short list has, also what Bios shows already", () => {
    assert.deepEqual(pendingOf(current, { A: "on" }), { A: "on" });
    assert.deepEqual(pendingOf(current, { A: "off", New: 1 }), { A: "off", New: 1 });
    assert.deepEqual(pendingOf(current, {}), {});
  });

  it("is what differs in a list of everything, which may leave out what cannot be written", () => {
    assert.deepEqual(pendingOf(current, { ...current, A: "off" }), { A: "off" });
    assert.deepEqual(pendingOf(current, { A: "on", B: "off", C: 1 }, registry), { B: "off" });
  });
});

describe("Redfish client: waits", () => {
  it("double up to a limit, and are never the same for all", () => {
    const ranges = [1, 2, 3, 9].map((attempt) => Array.from({ length: 200 }, () => backoff(attempt, LIMITS)));
    const longest = [500, 1000, 2000, 8000];
    ranges.forEach((waits, index) => {
      const most = longest[index] ?? 0;
      assert.ok(waits.every((wait) => wait >= most / 2 && wait <= most));
      assert.ok(new Set(waits).size > 100);
    });
  });

  it("are read from Retry-After as seconds or as a date", () => {
    const now = Date.parse("Sat, 21 Nov 2026 12:00:00 GMT");
    assert.equal(retryAfterMs("7", now), 7000);
    assert.equal(retryAfterMs("Sat, 21 Nov 2026 12:00:09 GMT", now), 9000);
    assert.equal(retryAfterMs("Sat, 21 Nov 2026 11:00:00 GMT", now), 0);
    assert.equal(retryAfterMs("soon", now), undefined);
    assert.equal(retryAfterMs(undefined, now), undefined);
  });
});

describe("Redfish client: paths", () => {
  it("are the same with a slash at the end, in another case, and as a whole URL", () => {
    assert.ok(samePath("/redfish/v1/Systems/1/Bios", "https://bmc.example/redfish/v1/systems/1/bios/"));
    assert.ok(!samePath("/redfish/v1/Systems/1/Bios", "/redfish/v1/Systems/1/Bios/SD"));
  });
});
