import assert from "node:assert/strict";
import { applyFault, FAULTS } from "../../../../lab/faults";
import type { SimulatedHost } from "../../../../lab/keeper/simulated-host";
import { GPU } from "./support/small-host";

/** For faults whose options are refused: they do not come as far as the host. */
const NO_HOST = {} as SimulatedHost;

/** Kind, wrong options, what the refusal begins with. */
const WRONG: readonly [kind: string, options: Record<string, unknown>, refusal: RegExp][] = [
  ["power-cut", { seconds: "soon" }, /^seconds: must be a number of seconds from 0 to 3600$/],
  ["power-cut", { seconds: "" }, /^seconds: must be/],
  ["power-cut", { stay: "perhaps" }, /^stay: must be true or false$/],
  ["reset-storm", { times: "1.5" }, /^times: must be a whole number from 1 to 100$/],
  ["reset-storm", { seconds: "-1" }, /^seconds: must be/],
  ["boot-hang", { starts: 0 }, /^starts: must be a whole number from 1 to 100$/],
  ["boot-slow", { seconds: 3601 }, /^seconds: must be/],
  ["ssh-cut", { port: "22" }, /^port: is not a known property; remove it$/],
  ["ssh-blocked", { seconds: 1 }, /^seconds: is not a known property/],
  ["host-key-changed", { key: "x" }, /^key: is not a known property/],
  ["bmc-errors", { status: "404" }, /^status: must be one of 500, 502, 503, 504$/],
  ["bmc-errors", { count: "many", seconds: 601 }, /^count: must be a whole number from 1 to 1000\nseconds: must be/],
  ["bmc-slow", { milliseconds: null }, /^milliseconds: must be/],
  ["bmc-cut", { count: "0" }, /^count: must be/],
  ["bmc-certificate-changed", { x: 1 }, /^x: is not a known property/],
  ["bmc-refuses-setting", {}, /^attribute: name an attribute of the BIOS$/],
  ["device-vanished", {}, /^address: /],
  ["device-vanished", { address: "17:00.0" }, /^address: /],
  ["device-vanished", { address: GPU, live: 1 }, /^live: must be true or false$/],
  ["link-down-trained", { address: GPU, generation: "7" }, /^generation: must be a whole number from 1 to 6$/],
  ["link-down-trained", { address: GPU, width: "3" }, /^width: must be one of 1, 2, 4, 8, 12, 16, 32$/],
  ["disk-full", { size: "1G" }, /^size: is not a known property/],
  ["clock-skew", { seconds: "1h" }, /^seconds: must be a whole number from -1000000000 to 1000000000$/],
  ["foreign-domain", { name: "a b" }, /^name: must begin with a letter/],
];

/** The same options as a command line gives them and as a test does. */
const RIGHT: readonly [kind: string, text: Record<string, string>, values: Record<string, unknown>][] = [
  ["power-cut", { seconds: "0.5", stay: "true" }, { seconds: 0.5, stay: true }],
  ["reset-storm", { times: "4", seconds: "0" }, { times: 4, seconds: 0 }],
  ["bmc-errors", { status: "500", count: "2", seconds: "0" }, { status: 500, count: 2, seconds: 0 }],
  ["device-vanished", { address: GPU, live: "no" }, { address: GPU, live: false }],
  [
    "link-down-trained",
    { address: GPU, generation: "3", width: "16" },
    { address: GPU, generation: 3, width: 16, live: false },
  ],
  ["clock-skew", { seconds: "-60" }, { seconds: -60 }],
];

describe("options of faults", () => {
  for (const [kind, options, refusal] of WRONG) {
    it(`${kind} refuses ${JSON.stringify(options)} and names the option`, async () => {
      await assert.rejects(applyFault(NO_HOST, kind, options), (error: Error) => {
        assert.equal(error.name, "Refusal");
        assert.match(error.message, refusal);
        return true;
      });
    });
  }

  it("are wrong at least once for every kind", () => {
    assert.deepEqual(
      Object.keys(FAULTS).filter((kind) => !WRONG.some(([tried]) => tried === kind)),
      [],
    );
  });

  it("are the same as text and as values", () => {
    for (const [kind, text, values] of RIGHT) {
      const { options } = FAULTS[kind] as (typeof FAULTS)[string];
      assert.deepEqual(options.parse(text), values, kind);
      assert.deepEqual(options.parse(values), values, kind);
    }
  });

  it("of a kind that is none are not looked at", async () => {
    for (const kind of ["fire", "constructor", ""]) {
      await assert.rejects(
        applyFault(NO_HOST, kind, {}),
        /^Refusal: kind: there is no fault .*; there are power-cut, .*, and clear$/,
      );
    }
  });
});
