import assert from "node:assert/strict";
import { assignBusRanges } from "../../../core/layout/bus-ranges";

const BUSES = 256;

describe("bus ranges", () => {
  const cases: [what: string, needs: number[], busNrs: number[] | undefined][] = [
    ["have room to grow where there is room", [5, 11, 5], [32, 64, 96]],
    ["have less room where many want some", [5, 5, 5, 5, 5, 5, 5, 5], [32, 48, 64, 80, 96, 112, 128, 144]],
    ["take every bus where they just fit", [100, 120, 4], [32, 132, 252]],
    ["are refused where they do not fit", [100, 120, 5], undefined],
    ["of none are none", [], []],
  ];
  for (const [what, needs, busNrs] of cases) {
    it(what, () => {
      const found = assignBusRanges(needs);
      assert.deepEqual(found, busNrs);
      found?.forEach((busNr, index) => {
        const end = busNr + (needs[index] as number);
        assert.ok(end <= (found[index + 1] ?? BUSES), `range ${index} runs into the next`);
      });
    });
  }
});
