import assert from "node:assert/strict";
import type { HostTopology, PciDevice } from "../../../core/topology/model";
import { h100, planned, refused } from "./planning";
import { endpointsOf, kindOf } from "./random-request";

const KINDS = { g: ["030200", "10de"], n: ["020700", "15b3"], s: ["068000", "10de"] } as const;
type Letter = keyof typeof KINDS;

/**
 * A host from a drawing: a string for each root complex, `node:devices`. Letters are a GPU, a NIC, an NVSwitch; those in
 * parentheses share a switch, and switches nest. `0:(ggn)g` is a switch of two GPUs and a NIC, and a lone GPU.
 */
function drawn(...roots: string[]): HostTopology {
  const counts = { g: 0, n: 0, s: 0 };
  let bridges = 0;
  const parse = (text: string): PciDevice[] => {
    const stack: PciDevice[][] = [[]];
    for (const char of text) {
      if (char === "(") stack.push([]);
      else if (char === ")") {
        const children = stack.pop() ?? [];
        const address = `0000:f${(bridges++).toString(16)}:00.0`;
        stack.at(-1)?.push({ address, class: "060400", port: "upstream-port", children });
      } else {
        const [pciClass, vendor] = KINDS[char as Letter];
        const number = counts[char as Letter]++;
        const bus = { g: "1", n: "2", s: "3" }[char as Letter] + number.toString(16);
        stack.at(-1)?.push({ address: `0000:${bus}:00.0`, class: pciClass, vendor });
      }
    }
    return stack[0] ?? [];
  };
  const parts = roots.map((root) => [Number(root.split(":")[0]), root.split(":")[1] ?? ""] as const);
  const nodes = [...new Set(parts.map(([node]) => node))].sort();
  return {
    format: "gpudirect-host",
    version: 1,
    source: "drawn",
    numaNodes: nodes.map((id) => ({ id, cpus: `${id * 4}-${id * 4 + 3}` })),
    pciRoots: parts.map(([numaNode, text], index) => ({ address: `0000:${index}0`, numaNode, devices: parse(text) })),
  };
}

/** What is chosen, as letters with the number of each kind: `g0 g1 n0`. */
function chosen(host: HostTopology, request: Parameters<typeof planned>[1]): string {
  const taken = new Set(Object.keys(planned(host, request).domain.devices));
  return endpointsOf(host)
    .filter(({ address }) => taken.has(address))
    .map(
      (device) =>
        `${{ gpu: "g", nic: "n", nvswitch: "s", bridge: "b", other: "o" }[kindOf(device)]}${device.address[6]}`,
    )
    .join(" ");
}

describe("a number of GPUs", () => {
  const two = ["0:(gg)(gg)", "1:(gg)(gg)"];
  const cases: [what: string, roots: string[], count: number, gpus: string][] = [
    ["takes a whole switch", two, 2, "g0 g1"],
    ["takes the whole of one node before parts of two", two, 4, "g0 g1 g2 g3"],
    ["takes whole switches of a second node", two, 6, "g0 g1 g2 g3 g4 g5"],
    ["breaks one switch only where it must, the next one", ["0:(gg)(gg)(gg)"], 3, "g0 g1 g2"],
    ["breaks a switch on the node that holds the others", ["0:(gg)", "1:(gg)(gg)"], 3, "g2 g3 g4"],
    ["takes a lone GPU rather than break a switch", ["0:(gg)g(gg)"], 3, "g0 g1 g2"],
    ["takes the one lone GPU rather than break a switch", ["0:(gg)", "1:(gg)g"], 1, "g4"],
    ["takes a switch that fits rather than part of a larger one", ["0:(gggg)(gg)"], 2, "g4 g5"],
    ["takes a switch that fits on another node", ["0:(gggg)", "1:(gg)"], 2, "g4 g5"],
    ["spans nodes before it breaks a switch", ["0:(gg)(gg)", "1:(ggg)"], 5, "g0 g1 g4 g5 g6"],
    ["stays on one node where both fit", ["0:(gg)g", "1:(gggg)"], 4, "g3 g4 g5 g6"],
    ["takes lone GPUs in order", ["0:gggg"], 3, "g0 g1 g2"],
    ["counts the innermost of nested switches", ["0:((gg)(gg))"], 2, "g0 g1"],
    ["takes none", two, 0, ""],
    ["takes all", two, 8, "g0 g1 g2 g3 g4 g5 g6 g7"],
  ];
  for (const [what, roots, count, gpus] of cases) {
    it(`${what}: ${count} of ${roots.join(", ")}`, () => {
      assert.equal(chosen(drawn(...roots), { gpus: count, nics: [] }), gpus);
    });
  }

  it("that is not there is refused, with NICs at once", () => {
    const problems = refused(drawn("0:(ggn)"), { gpus: 3, nics: 2 });
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["gpus", "nics"],
    );
    assert.match(problems[0]?.message ?? "", /asks for 3 GPUs, but the host has 2/);
  });
});

describe("NICs", () => {
  const host = () => drawn("0:(ggn)(ggn)n", "1:(gg(n))(ggnn)");
  const cases: [
    what: string,
    roots: HostTopology,
    gpus: number | string[],
    nics: number | "all" | "paired",
    expected: string,
  ][] = [
    ["paired are those of the chosen GPUs' switches", host(), 2, "paired", "g0 g1 n0"],
    ["paired are all below the GPUs' switch", drawn("0:(gg)", "1:(gg(n))"), ["0000:12:00.0"], "paired", "g2 n0"],
    ["paired are nearer to the chosen GPU than to another", drawn("0:((gn)(gn))"), 1, "paired", "g0 n0"],
    ["paired are none without a common switch", drawn("0:gn"), 1, "paired", "g0"],
    ["all are all", host(), 2, "all", "g0 g1 n0 n1 n2 n3 n4 n5"],
    ["counted are the paired ones first", host(), ["0000:16:00.0"], 1, "g6 n4"],
    ["counted are one of each switch before two of any", drawn("0:(gnn)(gnn)"), 2, 2, "g0 n0 g1 n2"],
    ["counted come from the GPUs' node next", drawn("0:(gn)", "1:gn"), ["0000:11:00.0"], 1, "g1 n1"],
    ["none are none", host(), 2, 0, "g0 g1"],
  ];
  for (const [what, machine, gpus, nics, expected] of cases) {
    it(what, () => assert.equal(chosen(machine, { gpus, nics }), expected));
  }

  it("that are not paired with anything are said to stay", () => {
    assert.match(planned(drawn("0:gn"), {}).warnings.join(), /no NIC shares a switch/);
    assert.deepEqual(planned(h100(), { gpus: 2 }).warnings, []);
  });
});

describe("NVSwitches", () => {
  const host = () => drawn("0:(gg)s", "1:(gg)s");
  it("go with all GPUs, and stay with fewer", () => {
    assert.equal(chosen(host(), { nics: [] }), "g0 g1 s0 g2 g3 s1");
    assert.equal(chosen(host(), { nics: [], nvswitches: "none" }), "g0 g1 g2 g3");
    const part = planned(host(), { gpus: 2, nics: [] });
    assert.deepEqual(Object.keys(part.domain.devices), ["0000:10:00.0", "0000:11:00.0"]);
    assert.match(part.warnings.join(), /NVSwitches stay on the host.*Fabric Manager/);
  });

  it("are refused with fewer than all GPUs, and some of them at all", () => {
    assert.deepEqual(
      refused(host(), { gpus: 2, nics: [], nvswitches: "all" }).map(({ path }) => path),
      ["nvswitches"],
    );
    const [problem] = refused(host(), { nics: [], nvswitches: "none", devices: ["0000:30:00.0"] });
    assert.equal(problem?.path, "devices");
    assert.match(problem?.message ?? "", /1 of 2 NVSwitches with 4 of 4 GPUs/);
  });
});
