import { deepEqual, doesNotMatch, match, notEqual } from "node:assert/strict";
import { smallDomain } from "./support/settings";
import { Stack } from "./support/stack";

/** Lines of a stack trace of JavaScript. */
const TRACE = /^\s+at .*[:(]/m;

describe("bad inputs", () => {
  const stack = new Stack();
  before(() => stack.init());
  after(() => stack.discard());

  const good = smallDomain(stack.name("vm"));
  const ofDomain: [string, object, RegExp[]][] = [
    [
      "shapes",
      {
        name: "a/b",
        cpu: { sockets: 0, cores: 1.5, threads: 1 },
        firmware: "efi",
        devices: { ...good.devices, "18:00.0": { parent: "0000:15", port: 3 } },
      },
      [
        / name .*letters/,
        /cpu\.sockets .*at least 1/,
        /cpu\.cores /,
        /firmware .*"uefi", "bios"/,
        /devices\["18:00\.0"\].*PCI address/,
      ],
    ],
    [
      "fields that do not fit each other",
      {
        cells: { ...good.cells, 1: { cpus: "0", memoryMiB: 129 } },
        hugepageKiB: 2048,
        vcpuPins: { 7: "0" },
        devices: { ...good.devices, "0000:81:00.0": { parent: "0000:99", port: 0, standIn: "other" } },
        verifyGuest: true,
      },
      [
        /cells\["1"\]\.memoryMiB .*hugepages/,
        /cells\["1"\]\.cpus .*in cell 0 too/,
        /vcpuPins\["7"\]/,
        /devices\["0000:81:00\.0"\]/,
        /verifyGuest .*guest agent/,
      ],
    ],
  ];
  for (const [what, bad, expected] of ofDomain) {
    it(`of a domain (${what}) are all reported with their paths, in one go, before virsh is called`, async () => {
      stack.domains({ vm: { ...good, ...bad } });
      const { code, text } = await stack.up();
      notEqual(code, 0);
      for (const problem of expected) match(text, problem);
      doesNotMatch(text, TRACE);
      deepEqual(stack.shim.calls(), []);
    });
  }

  it("of a plan are all reported, without a stack trace", async () => {
    stack.program(`
      const topology = { version: 99, source: "a later format", numaNodes: [], pciRoots: [] };
      new gpudirect.GpuVm("vm", { name: ${JSON.stringify(stack.name("vm"))}, topology, gpus: ["0000:zz:00.0"], cpus: 0, memoryGiB: -1 });
    `);
    const { code, text } = await stack.preview();
    notEqual(code, 0);
    for (const path of [/topology\.version/, /gpus/, /cpus/, /memoryGiB/]) match(text, path);
    doesNotMatch(text, TRACE);
    deepEqual(stack.shim.writes(), []);
  });
});
