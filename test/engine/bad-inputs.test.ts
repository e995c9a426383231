import { deepEqual, doesNotMatch, match, notEqual } from "node:assert/strict";
import { smallDomain } from "./support/settings";
import { Stack } from "./support/stack";
import { domains } from "./support/virsh";

/** Lines of a stack trace of JavaScript. */
const TRACE = /^\s+at .*[:(]/m;

describe("bad inputs", () => {
  const stack = new Stack();
  before(() => stack.init());
  after(() => stack.discard());

  it("of a domain are all reported with their paths, in one go, before virsh is called", async () => {
    const good = smallDomain(stack.name("vm"));
    stack.domains({
      shape: {
        ...good,
        name: "a/b",
        cpu: { sockets: 0, cores: 1, threads: 1 },
        firmware: "efi",
        devices: { ...good.devices, "18:00.0": { parent: "0000:15", port: 3 } },
        colour: "red",
      },
      tree: {
        ...good,
        cells: { ...good.cells, 1: { cpus: "0", memoryMiB: 129 } },
        hugepageKiB: 2048,
        vcpuPins: { 7: "0" },
        devices: { ...good.devices, "0000:81:00.0": { parent: "0000:99", port: 0, standIn: "other" } },
      },
    });
    for (const command of ["preview", "up"] as const) {
      const { code, text } = await stack[command]();
      notEqual(code, 0);
      for (const path of ["name", "cpu.sockets", "firmware", 'devices["18:00.0"]', "colour"]) {
        match(text, new RegExp(path.replace(/[[\]".]/g, "\\$&")), text);
      }
      match(text, /cells\["1"\]\.memoryMiB.*hugepages/);
      match(text, /vcpuPins\["7"\]/);
      match(text, /devices\["0000:81:00\.0"\]/);
      doesNotMatch(text, TRACE);
    }
    deepEqual(stack.shim.calls(), []);
    deepEqual(
      domains().filter((name) => name.startsWith(stack.mark)),
      [],
    );
  });

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
