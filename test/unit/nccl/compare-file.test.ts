import assert from "node:assert/strict";
import { join } from "node:path";
import { compareTopologyFile } from "../../../core/nccl/compare-file";
import { functionAt, h100, hostAt, planned } from "../plan/planning";
import { spareable } from "./hosts";

const LAB_H100 = join(__dirname, "../../../lab/hosts/h100.host.json");

describe("a topology file held against a guest", () => {
  const host = spareable(hostAt(LAB_H100));
  const { ncclTopology, guestAddresses } = planned(host, { nics: "all" });
  const real = Object.fromEntries(
    Object.entries(guestAddresses).map(([key, address]) => [address, functionAt(host, key).class]),
  );
  const gpu = guestAddresses["0000:18:00.0"] as string;
  const told = (xml: string, functions: Record<string, string>) =>
    compareTopologyFile(xml, functions).map(({ message }) => message);

  it("fits the guest that it was planned for, with and without 0x", () => {
    assert.deepEqual(told(ncclTopology, real), []);
    const prefixed = Object.fromEntries(Object.entries(real).map(([address, value]) => [address, `0x${value}`]));
    assert.deepEqual(told(ncclTopology, prefixed), []);
  });

  it("fits a rehearsal, whose stand-ins have other classes of the same kinds", () => {
    const standIns = { "0302": "038000", "0207": "020000", "0680": "00ff00" };
    const rehearsed = Object.entries(real).map(([address, value]) => {
      const standIn = standIns[value.slice(0, 4) as keyof typeof standIns] ?? value;
      return [address, standIn] as const;
    });
    assert.ok(rehearsed.some(([, value]) => value === "00ff00"));
    assert.deepEqual(told(ncclTopology, Object.fromEntries(rehearsed)), []);
  });

  it("names a GPU that the guest does not have there", () => {
    const { [gpu]: _, ...rest } = real;
    assert.deepEqual(told(ncclTopology, rest), [
      `the topology file has a GPU at ${gpu}, but the guest has no PCI function there`,
    ]);
  });

  it("names what is of another kind", () => {
    const nic = planned(h100(), { gpus: 1 }).rails[0] as string;
    assert.ok(nic in real);
    assert.deepEqual(told(ncclTopology, { ...real, [gpu]: "020700", [nic]: "0x010802" }), [
      `the topology file has a GPU at ${gpu}, but the guest has a NIC there`,
      `the topology file has a NIC at ${nic}, but the guest has a function of class 010802 there`,
    ]);
  });

  it("names a switch whose id is that of something else, and lets made-up ids be", () => {
    const id = /busid="([^"]*)" class="0x0604/.exec(ncclTopology)?.[1] as string;
    assert.deepEqual(told(ncclTopology, { ...real, [id]: "020000" }), [
      `the topology file has a switch at ${id}, but the guest has a NIC there`,
    ]);
    assert.deepEqual(told(ncclTopology.replace(id, "ffff:ff:00.0"), real), []);
  });

  it("names upper-case letters, which NCCL never matches", () => {
    const spoilt = ncclTopology.replace(`"${gpu}"`, '"0000:2A:00.0"');
    assert.match(told(spoilt, { ...real, "0000:2a:00.0": "030200" }).join(), /0000:2A:00\.0 has upper-case letters/);
  });

  for (const [what, xml, problem] of [
    ["no XML", "hello", /is no XML/],
    ["another root", "<domain/>", /root element is <domain>/],
    ["a file that is cut off", ncclTopology.slice(0, 300), /broken or truncated/],
    ["a DOCTYPE", `<!DOCTYPE a>${ncclTopology}`, /DOCTYPE/],
    [
      "a function without an address",
      '<system version="1"><cpu numaid="0"><pci class="0x030200"/></cpu></system>',
      /no busid/,
    ],
  ] as const) {
    it(`is told of ${what}`, () => {
      assert.match(told(xml, real).join(), problem);
    });
  }
});
