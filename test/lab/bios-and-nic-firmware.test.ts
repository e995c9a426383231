import assert from "node:assert/strict";
import type { LabHost } from "../../lab/client/lab-host";
import { setBiosBySushy } from "./support/bmc";
import { type HostFacts, hostFacts } from "./support/host-facts";
import { bootedHost } from "./support/hosts";

/** A GPU and a NIC behind one switch of the default host, and the downstream port above the GPU. */
const [PORT, GPU, NIC] = ["0000:17:00.0", "0000:18:00.0", "0000:19:00.0"] as const;
const PARAMETERS = "ADVANCED_PCI_SETTINGS ATS_ENABLED";

/** BIOS settings and NIC firmware over two boots, as a person would set them; each boot is a minute of emulation. */
describe("BIOS settings by a third-party client and NIC firmware, over two boots", function () {
  this.timeout(1_200_000);
  let host: LabHost;
  const seen: { facts: HostFacts; firmware: string; locked: string }[] = [];
  const look = async (): Promise<void> => {
    seen.push({
      facts: await hostFacts(host, [PORT, GPU, NIC]),
      firmware: await host.run(`mstconfig -e -d ${NIC} q ${PARAMETERS}`),
      locked: (await host.tryRun(`mstconfig -e -d ${NIC} q MAX_ACC_OUT_READ`)).stdout,
    });
  };
  const at = (boot: 0 | 1 | 2) => seen[boot] as (typeof seen)[number];
  let pending = "";

  before(async () => {
    host = await bootedHost();
    await look();
    await host.run(`mstconfig -y -d ${NIC} set ADVANCED_PCI_SETTINGS=1 ATS_ENABLED=1`);
    pending = await host.run(`mstconfig -e -d ${NIC} q ${PARAMETERS}`);
    const first = {
      Rome0565: "Rome0565Disabled",
      Rome0166: "Rome0166Disabled",
      PCIS007: "PCIS007Disabled",
      PCIS012: "PCIS0124096Bytes",
    };
    await host.nextBoot(() => setBiosBySushy(host, first));
    await look();
    await host.run(`mstconfig -y -d ${NIC} set MAX_ACC_OUT_READ=44`);
    await host.nextBoot(() => setBiosBySushy(host, { Rome0162: "Rome0162Disabled" }));
    await look();
  });

  it("begin as the factory has them", () => {
    const { facts } = at(0);
    assert.ok(facts.dmar);
    assert.ok(facts.kvm);
    assert.deepEqual(facts.group(GPU), [GPU]);
    assert.match(facts.lspci(PORT), /ACSCap:/);
    assert.match(facts.lspci(GPU), /MaxReadReq 512 bytes/);
    assert.match(facts.lspci(NIC), /Single Root I\/O Virtualization/);
    assert.doesNotMatch(facts.lspci(NIC), /Address Translation Service/);
    assert.match(facts.lspci(GPU), /Address Translation Service/);
  });

  it("virtualization off: there is no /dev/kvm", () => assert.equal(at(1).facts.kvm, false));

  it("ACS off: no port has the capability, and a switch with all behind it is one IOMMU group", () => {
    const { facts } = at(1);
    assert.doesNotMatch(facts.lspci(PORT), /Access Control Services/);
    assert.ok(facts.group(GPU).includes(NIC), "GPU and NIC of one switch share a group");
    assert.ok(facts.iommuGroups > 0 && facts.iommuGroups < at(0).facts.iommuGroups);
  });

  it("SR-IOV off: the capability is gone", () => {
    assert.doesNotMatch(at(1).facts.lspci(NIC), /Single Root I\/O Virtualization/);
  });

  it("MaxReadReq 4096: functions come up with it", () => {
    assert.match(at(1).facts.lspci(GPU), /MaxReadReq 4096 bytes/);
    assert.match(at(1).facts.lspci(NIC), /MaxReadReq 4096 bytes/);
  });

  it("IOMMU off: no DMAR table, no IOMMU groups", () => {
    assert.ok(at(1).facts.dmar);
    assert.equal(at(2).facts.dmar, false);
    assert.equal(at(2).facts.iommuGroups, 0);
  });

  it("firmware parameters that were set wait for the next boot", () => {
    assert.match(at(0).firmware, /ATS_ENABLED +False\(0\) +False\(0\) +False\(0\)/);
    assert.match(pending, /\* +ATS_ENABLED +False\(0\) +False\(0\) +True\(1\)/);
    assert.match(at(1).firmware, /ATS_ENABLED +False\(0\) +True\(1\) +True\(1\)/);
  });

  it("ATS_ENABLED: the capability appears after the reset", () => {
    assert.match(at(1).facts.lspci(NIC), /Address Translation Service/);
  });

  it("MAX_ACC_OUT_READ is locked until ADVANCED_PCI_SETTINGS is in force, and needs a boot of its own", () => {
    assert.match(at(0).locked, /doesn't support MAX_ACC_OUT_READ parameter/);
    assert.match(at(1).locked, /MAX_ACC_OUT_READ +0 +0 +0/);
    assert.match(at(2).locked, /MAX_ACC_OUT_READ +0 +44 +44/);
  });
});
