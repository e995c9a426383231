import assert from "node:assert/strict";
import { formatClocks, parseRanges } from "../../../core/guest/clock-ranges";
import { parseGpuRecord } from "../../../core/guest/gpu-record";
import {
  addressOf,
  parseApplicationClocks,
  parseCards,
  parseSupportedClocks,
  smiComplaint,
} from "../../../core/guest/nvidia-smi";

/** Answers written from nvidia-smi's man page and --help-query-gpu, by generation of the driver. */
const FAILED = [
  "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.",
];

describe("nvidia-smi's answers", () => {
  it("are read of drivers with short and long domains, in whatever case", () => {
    assert.equal(addressOf("00000000:AF:00.0"), "0000:af:00.0");
    assert.equal(addressOf("0000:AF:00.0"), "0000:af:00.0");
    assert.equal(addressOf("00010000:C1:00.0"), "10000:c1:00.0");
    assert.equal(addressOf("[N/A]"), undefined);
  });

  it("give cards by address, with a comma in a name, and cards without persistence mode", () => {
    const cards = parseCards([
      "0, 00000000:17:00.0, 535.104.05, Enabled, 2619, 1980, NVIDIA H100 80GB HBM3",
      "1, 0000:65:00.0, 340.107, Disabled, 3004, 875, Tesla K40m, rev 2",
      "2, 00000000:B1:00.0, 575.57.08, [N/A], [N/A], [Not Supported], GRID A100X-40C",
      "Unable to determine the device handle for GPU3: 0000:CA:00.0: Unknown Error",
    ]);
    assert.deepEqual(
      [...cards],
      [
        [
          "0000:17:00.0",
          {
            index: 0,
            name: "NVIDIA H100 80GB HBM3",
            driverVersion: "535.104.05",
            persistence: true,
            maxMemoryClock: 2619,
            maxGraphicsClock: 1980,
          },
        ],
        [
          "0000:65:00.0",
          {
            index: 1,
            name: "Tesla K40m, rev 2",
            driverVersion: "340.107",
            persistence: false,
            maxMemoryClock: 3004,
            maxGraphicsClock: 875,
          },
        ],
        ["0000:b1:00.0", { index: 2, name: "GRID A100X-40C", driverVersion: "575.57.08", persistence: undefined }],
      ],
    );
  });

  it("give its own words where it reports no card", () => {
    assert.match(smiComplaint(FAILED) ?? "", /couldn't communicate/);
    assert.equal(smiComplaint(["0, 00000000:17:00.0, 535.104.05, Enabled, 1, 1, X"]), undefined);
    assert.equal(smiComplaint(["No devices were found"]), "No devices were found");
    assert.deepEqual([...parseCards(FAILED)], []);
  });

  it("give application clocks, or why a card has none, in the words of each generation", () => {
    const clocks = parseApplicationClocks([
      "00000000:17:00.0, 1593, 1410",
      "0000:65:00.0, [Not Supported], [Not Supported]",
      "00000000:B1:00.0, [N/A], [N/A]",
      "00000000:C1:00.0, [Requested functionality has been deprecated], [Requested functionality has been deprecated]",
      'Field "clocks.applications.memory" is not a valid field to query.',
    ]);
    assert.deepEqual(
      [...clocks],
      [
        ["0000:17:00.0", { clocks: "1593,1410" }],
        ["0000:65:00.0", { lacks: "Not Supported" }],
        ["0000:b1:00.0", { lacks: "N/A" }],
        ["0000:c1:00.0", { lacks: "Requested functionality has been deprecated" }],
      ],
    );
  });

  it("give supported clocks, the highest first, whatever the order", () => {
    const clocks = parseSupportedClocks([
      "00000000:17:00.0, 1593, 1395",
      "00000000:17:00.0, 2619, 1965",
      "00000000:17:00.0, 2619 MHz, 1980 MHz",
      "00000000:18:00.0, [N/A], [N/A]",
    ]);
    assert.deepEqual(
      [...clocks].map(([address, table]) => [address, [...table]]),
      [
        [
          "0000:17:00.0",
          [
            [2619, [1980, 1965]],
            [1593, [1395]],
          ],
        ],
      ],
    );
  });
});

describe("the short text of supported clocks", () => {
  const cases: [string, number[], string][] = [
    ["even steps", [1410, 1395, 1380, 1365], "1410-1365/15"],
    ["alternating steps", [1530, 1522, 1515, 1507], "1530 1522 1515 1507"],
    ["two clocks", [875, 810], "875 810"],
    ["a gap", [900, 885, 870, 500, 490, 480, 470], "900-870/15 500-470/10"],
  ];
  for (const [name, clocks, text] of cases) {
    it(`holds ${name} and gives them back`, () => {
      assert.deepEqual(formatClocks(new Map([[1593, clocks]])), { "1593": text });
      assert.deepEqual(parseRanges(text), clocks);
    });
  }
});

describe("the record of what drivers cannot tell", () => {
  it("is read line by line, the last of a setting counting, and what is no setting is passed over", () => {
    const record = parseGpuRecord([
      "0000:17:00.0\tlockedGpuClock\tunsupported\tno",
      "0000:17:00.0\tlockedGpuClock\tset\t1410",
      "0000:17:00.0\tcudaClocks\tset\tfalse",
      "0000:17:00.0\tlockedMemoryClock\tset\tfast",
      "0000:17:00.0\tfanSpeed\tset\t3",
      "0000:18:00.0\tcudaClocks\tunsupported\tNot supported\ton this card",
    ]);
    assert.deepEqual(
      [...record],
      [
        ["0000:17:00.0", { settings: { lockedGpuClock: 1410, cudaClocks: false }, unsupported: {} }],
        ["0000:18:00.0", { settings: {}, unsupported: { cudaClocks: "Not supported\ton this card" } }],
      ],
    );
  });
});
