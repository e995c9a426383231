import assert from "node:assert/strict";
import { XMLParser } from "fast-xml-parser";
import { renderDomain } from "../../../core/domain/domain-xml";
import { checkGuest } from "../../support/guest-checker";
import { hostPathClassOf } from "../../support/host-path-class";
import { h100, planned, realMachines } from "./planning";

/** Cells and the host nodes that each is strictly bound to, as the XML has them. */
function memoryOf(xml: string): { cells: string[]; bound: string[] } {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    isArray: (name) => name === "cell" || name === "memnode",
  });
  const { domain } = parser.parse(xml);
  const memnodes: { cellid: string; mode: string; nodeset: string }[] = domain.numatune?.memnode ?? [];
  return {
    cells: domain.cpu.numa.cell.map(({ id }: { id: string }) => id),
    bound: memnodes
      .filter(({ mode, nodeset }) => mode === "strict" && /^\d+$/.test(nodeset))
      .map(({ cellid }) => cellid),
  };
}

describe("the guests of real machines", () => {
  const machines = [
    ...realMachines().map((machine) => ({ ...machine, nics: "all" as const })),
    { name: "h100.host.json", host: h100(), nics: "paired" as const },
  ];

  for (const { name, host, nics } of machines) {
    for (const rehearse of [false, true]) {
      it(`${name}${rehearse ? ", rehearsed" : ""}: every pair of devices has the host's path class`, () => {
        const plan = planned(host, { gpus: "all", nics, rehearse });
        const xml = renderDomain(plan.domain);
        const guest = checkGuest(xml);
        assert.deepEqual(guest.problems, []);
        const devices = Object.keys(plan.domain.devices);
        assert.ok(devices.length >= 10, `only ${devices.length} devices are in the guest`);
        assert.deepEqual([...guest.devices.keys()].sort(), [...devices].sort());
        assert.deepEqual(Object.fromEntries(guest.devices), plan.guestAddresses, "addresses as firmware gives them");

        const hostClass = hostPathClassOf(host);
        const pairs = devices.flatMap((a) => devices.map((b) => [a, b] as const));
        assert.deepEqual(
          pairs.map(([a, b]) => `${a} ${b} ${guest.pathClass(a, b)}`),
          pairs.map(([a, b]) => `${a} ${b} ${hostClass(a, b)}`),
        );

        const { cells, bound } = memoryOf(xml);
        assert.deepEqual(bound, rehearse ? [] : cells);
        assert.equal(xml.includes("<hostdev"), !rehearse);
      });
    }
  }

  it("were planned: the five of the repository and the rehearsal host", () => {
    assert.equal(machines.filter(({ name }) => name.endsWith(".host.json")).length, 6);
  });
});
