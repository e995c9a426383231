import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderDomain } from "../../../core/domain/domain-xml";
import { ncclTopology } from "../../../core/nccl/topology-file";
import { cpuNumbers } from "../../../core/topology/cpu-list";
import type { HostTopology } from "../../../core/topology/model";
import { checkGuest } from "../../support/guest-checker";
import { hostPathClassOf } from "../../support/host-path-class";
import { checkNcclFile } from "../../support/nccl-laws";
import { functionAt, h100, hostAt, planned } from "../plan/planning";
import { kindOf } from "../plan/random-request";
import { hosts, spareable } from "./hosts";

const LAB_H100 = join(__dirname, "../../../lab/hosts/h100.host.json");

describe("NCCL's topology file of a planned guest (seed S24, S50)", () => {
  const wishes = [
    ["all GPUs and NICs", { gpus: "all" as const, nics: "all" as const }],
    ["all GPUs and NICs, rehearsed", { gpus: "all" as const, nics: "all" as const, rehearse: true }],
    ["two GPUs and their NICs", { gpus: 2 }],
    ["one GPU", { gpus: 1, nics: 0 }],
  ] as const;
  const machines = hosts();

  it("is made for the five public hosts, the three of the lab, and the example's", () => {
    assert.equal(machines.length, 9);
  });

  for (const { name, host } of machines) {
    for (const [wish, request] of wishes) {
      it(`${name}, ${wish}: passes NCCL's laws, with the guest's addresses and the host's path classes`, () => {
        const wanted = spareable(host);
        const { domain, guestAddresses, ncclTopology: xml } = planned(wanted, request);
        const file = checkNcclFile(xml);
        assert.deepEqual(file.problems, []);

        const kinds = new Map(Object.keys(guestAddresses).map((key) => [key, kindOf(functionAt(wanted, key))]));
        const of = (kind: string) => Object.keys(guestAddresses).filter((key) => kinds.get(key) === kind);
        const guest = (keys: string[]) => keys.map((key) => guestAddresses[key]).sort();
        assert.deepEqual([...file.gpus].sort(), guest(of("gpu")));
        assert.deepEqual([...file.nics].sort(), guest(of("nic")));
        assert.deepEqual([...file.nvswitches].sort(), guest(of("nvswitch")));

        const devices = [...of("gpu"), ...of("nic")];
        const [hostClass, tree] = [hostPathClassOf(wanted), checkGuest(renderDomain(domain))];
        for (const a of devices) {
          for (const b of devices) {
            const inFile = file.pathClass(guestAddresses[a] as string, guestAddresses[b] as string);
            assert.equal(inFile, hostClass(a, b), `${a} to ${b} on the host`);
            assert.equal(inFile, tree.pathClass(a, b), `${a} to ${b} in the guest`);
          }
        }
        const cells = Object.entries(domain.cells).map(([cell, { cpus }]) => [cell, cpuNumbers(cpus)]);
        assert.deepEqual(Object.fromEntries(file.cpus), Object.fromEntries(cells));
      });
    }
  }

  it("is nccl-h100.golden.xml for the lab's H100 host (UPDATE_GOLDEN=1 rewrites it)", () => {
    const path = join(__dirname, "nccl-h100.golden.xml");
    const xml = planned(spareable(hostAt(LAB_H100)), { gpus: "all", nics: "all" }).ncclTopology;
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, xml);
    assert.equal(xml, readFileSync(path, "utf8"));
  });

  it("names switches by the guest's own bridges, whose class NCCL reads in the guest", () => {
    const { domain, ncclTopology: xml } = planned(h100());
    const { switches } = checkNcclFile(xml);
    const firstBuses = Object.values(domain.expanderBuses).map(({ busNr }) => busNr + 1);
    const upstream = firstBuses.map((bus) => `0000:${bus.toString(16).padStart(2, "0")}:00.0`);
    assert.deepEqual([...switches].sort(), upstream.sort());
  });

  it("is the host's file in a rehearsal too: classes, ids and links of the real devices", () => {
    const endpoints = (xml: string) => xml.replace(/ affinity="[^"]*"/g, "");
    const [real, rehearsed] = [false, true].map((rehearse) => planned(h100(), { rehearse }).ncclTopology);
    assert.equal(endpoints(rehearsed as string), endpoints(real as string));
    assert.match(rehearsed as string, /class="0x030200" vendor="0x10de"/);
  });

  it("leaves out what NCCL has no use for", () => {
    const host = spareable(hostAt(join(__dirname, "../../../lab/hosts/a100.host.json")));
    const disks = allOf(host, (pciClass) => pciClass.startsWith("0108"));
    assert.ok(disks.length > 0);
    const [with_, without] = [planned(host, { devices: disks }), planned(host)];
    assert.ok(disks.every((disk) => disk in with_.guestAddresses));
    assert.deepEqual(checkNcclFile(with_.ncclTopology).problems, []);
    const functions = (xml: string) => xml.match(/<pci .*/g);
    assert.deepEqual(functions(with_.ncclTopology), functions(without.ncclTopology));
  });

  it("is refused for a plan of another host, by the functions that this host lacks", () => {
    const plan = planned(h100(), { gpus: 1 });
    const [other] = hosts().filter(({ name }) => name.includes("azure-ndv4"));
    assert.throws(() => ncclTopology(other?.host as HostTopology, plan), /the host has no PCI function 0000:1/);
  });
});

describe("a guest with more than NCCL keeps", () => {
  const room = (host: HostTopology, nics: "paired" | "all") =>
    planned(host, { nics }).warnings.filter((warning) => /NCCL/.test(warning));

  it("is warned of, and no other", () => {
    assert.deepEqual(room(h100(), "paired"), []);
    assert.deepEqual(room(withNics(80), "all"), []);
    assert.match(
      room(withNics(90), "all").join(),
      /keeps 256 elements of a machine's topology, but this guest needs about 275/,
    );
  });
});

function allOf(host: HostTopology, test: (pciClass: string) => boolean): string[] {
  const below = (devices: HostTopology["pciRoots"][number]["devices"]): string[] =>
    devices.flatMap((device) => [...(test(device.class) ? [device.address] : []), ...below(device.children ?? [])]);
  return host.pciRoots.flatMap(({ devices }) => below(devices));
}

/** One GPU and many NICs, each alone on a root port, ten to a root complex. */
function withNics(count: number): HostTopology {
  const hex = (value: number) => value.toString(16).padStart(2, "0");
  const nic = (index: number) => ({ address: `0000:${hex(index + 1)}:00.0`, class: "020700" });
  const nics = Array.from({ length: count }, (_, index) => nic(index));
  return {
    format: "gpudirect-host",
    version: 1,
    source: "test",
    numaNodes: [{ id: 0, cpus: "0-7", memoryMiB: 65536 }],
    pciRoots: Array.from({ length: Math.ceil(count / 20) }, (_, root) => ({
      address: `00${hex(root)}:00`,
      numaNode: 0,
      devices: [
        ...(root === 0 ? [{ address: "0000:ff:00.0", class: "030200" }] : []),
        ...nics.slice(root * 20, root * 20 + 20),
      ],
    })),
  };
}
