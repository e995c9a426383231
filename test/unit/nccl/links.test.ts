import assert from "node:assert/strict";
import type { HostTopology } from "../../../core/topology/model";
import { checkNcclFile } from "../../support/nccl-laws";
import { functionAt, h100, planned } from "../plan/planning";
import { hosts } from "./hosts";

describe("links in NCCL's topology file", () => {
  const GPU = "0000:18:00.0";
  const link = (host: HostTopology, address: string) => {
    const { ncclTopology, guestAddresses, defaults } = planned(host);
    const file = checkNcclFile(ncclTopology);
    assert.deepEqual(file.problems, []);
    const guest = guestAddresses[address] as string;
    return { link: `${file.attribute(guest, "link_speed")} x${file.attribute(guest, "link_width")}`, defaults, file };
  };

  it("are the host's, not those of QEMU's ports", () => {
    assert.equal(link(h100(), GPU).link, "32.0 GT/s PCIe x16");
  });

  it("are the slower end's, as NCCL reads them on the host", () => {
    const host = h100();
    const port = portAbove(host, GPU);
    port.maxLinkSpeed = "16.0 GT/s PCIe";
    port.maxLinkWidth = 8;
    assert.equal(link(host, GPU).link, "16.0 GT/s PCIe x8");
  });

  it("of a function without facts are 16.0 GT/s x16, and said to be so", () => {
    const host = h100();
    for (const end of [functionAt(host, GPU), portAbove(host, GPU)]) {
      delete end.maxLinkSpeed;
      delete end.maxLinkWidth;
    }
    const { link: text, defaults } = link(host, GPU);
    assert.equal(text, "16.0 GT/s PCIe x16");
    assert.ok(
      defaults.includes(`PCIe links of ${GPU} in NCCL's topology file: 16.0 GT/s PCIe x16`),
      defaults.join("\n"),
    );
  });

  for (const [what, speed, width] of [
    ["has no facts", undefined, undefined],
    ["reports 2.5 GT/s x1, as an emulated one does", "2.5 GT/s PCIe", 1],
  ] as const) {
    it(`above a switch that ${what} are as fast as the fastest below, and said to be so`, () => {
      const host = h100();
      const uplink = portAbove(host, portAbove(host, GPU).address);
      const root = portAbove(host, uplink.address);
      for (const end of [uplink, root]) Object.assign(end, { maxLinkSpeed: speed, maxLinkWidth: width });
      const { defaults, file } = link(host, GPU);
      assert.deepEqual(
        file.switches.map((busid) => file.attribute(busid, "link_speed")),
        file.switches.map(() => "32.0 GT/s PCIe"),
      );
      assert.match(
        defaults.join("\n"),
        new RegExp(`^uplinks of switches ${uplink.address} in NCCL's topology file`, "m"),
      );
    });
  }

  it("carry the host's bandwidth from GPU to NIC on every public host", () => {
    for (const { name, host } of hosts().filter(({ name }) => name.startsWith("test/"))) {
      const { ncclTopology } = planned(host, { gpus: "all", nics: "all" });
      const file = checkNcclFile(ncclTopology);
      const slowest = Math.min(...file.gpus.flatMap((gpu) => file.nics.map((nic) => file.bandwidth(gpu, nic))));
      const expected = /p4d/.test(name) ? 12 : /ndv5/.test(name) ? 48 : 24;
      assert.equal(slowest, expected, name);
    }
  });
});

function portAbove(host: HostTopology, address: string) {
  const stack = host.pciRoots.flatMap(({ devices }) => devices);
  for (let device = stack.pop(); device; device = stack.pop()) {
    if (device.children?.some((child) => child.address === address)) return device;
    stack.push(...(device.children ?? []));
  }
  return assert.fail(`nothing is above ${address}`);
}
