import assert from "node:assert/strict";
import type { LabHost } from "../../lab/client/lab-host";
import { type HostFacts, hostFacts } from "./support/host-facts";
import { bootedHost } from "./support/hosts";

const [PORT, GPU, NIC] = ["0000:17:00.0", "0000:18:00.0", "0000:19:00.0"] as const;
const ARGUMENTS = "intel_iommu=on iommu=pt hugepagesz=2M hugepages=0:96,1:160";
/** Ids of the default host's GPUs and NVSwitches. */
const VFIO_IDS = "10de:2330,10de:22a3";

/** What a person does by hand on the hypervisor, in one go. */
const PROVISION = `set -e
mkdir -p /etc/default/grub.d
echo 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${ARGUMENTS}"' > /etc/default/grub.d/50-gpudirect.cfg
echo vfio-pci > /etc/modules-load.d/vfio-pci.conf
echo 'options vfio-pci ids=${VFIO_IDS}' > /etc/modprobe.d/vfio-pci.conf
update-grub 2>/dev/null`;

/** MaxReadReq 4096 on GPU and NIC, the seed's ACS bits on a switch port, ATS enabled: masked writes. */
const SET_REGISTERS = `set -e
setpci -s ${GPU} CAP_EXP+8.w=5000:7000
setpci -s ${NIC} CAP_EXP+8.w=5000:7000
setpci -s ${PORT} ECAP_ACS+6.w=5d:5d
setpci -s ${GPU} ECAP_ATS+6.w=8000:8000`;

describe("a boot by the host's own GRUB and systemd", function () {
  this.timeout(900_000);
  let earlier: HostFacts;
  let written: HostFacts;
  let later: HostFacts;
  let hugepages = "";
  let bound = "";

  before(async () => {
    const host: LabHost = await bootedHost();
    earlier = await hostFacts(host, [PORT, GPU, NIC]);
    await host.run(SET_REGISTERS);
    written = await hostFacts(host, [PORT, GPU, NIC]);
    await host.run(PROVISION);
    await host.nextBoot(() => host.run("systemctl reboot"));
    later = await hostFacts(host, [PORT, GPU, NIC]);
    hugepages = await host.run("cat /sys/devices/system/node/node[01]/hugepages/hugepages-2048kB/nr_hugepages");
    bound = await host.run("ls /sys/bus/pci/drivers/vfio-pci | grep ^0000: | xargs -n1 lspci -n -s");
  });

  it("changes /proc/cmdline as configured, and nothing else of it", () => {
    const words = (text: string): string[] => text.split(" ").filter((word) => !word.startsWith("BOOT_IMAGE="));
    assert.deepEqual(words(later.commandLine), [...words(earlier.commandLine), ...ARGUMENTS.split(" ")]);
  });

  it("gives each NUMA node its hugepages", () => assert.equal(hugepages.trim(), "96\n160"));

  it("binds vfio-pci to all GPUs and NVSwitches", () => {
    const ids = bound
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[2]);
    assert.equal(ids.filter((id) => id === "10de:2330").length, 8);
    assert.equal(ids.filter((id) => id === "10de:22a3").length, 4);
    assert.equal(ids.length, 12);
  });

  it("register writes hold until it", () => {
    assert.match(written.lspci(GPU), /MaxReadReq 4096 bytes/);
    assert.match(written.lspci(NIC), /MaxReadReq 4096 bytes/);
    assert.match(written.lspci(PORT), /ACSCtl:.*DirectTrans\+/);
    assert.match(written.lspci(GPU), /ATSCtl:\tEnable\+/);
  });

  it("and are gone after it", () => {
    for (const address of [PORT, GPU, NIC] as const) {
      const registers = (facts: HostFacts): string[] => facts.lspci(address).match(/MaxReadReq \d+|ACSCtl:.*/g) ?? [];
      assert.ok(registers(later).length > 0);
      assert.deepEqual(registers(later), registers(earlier), address);
    }
    assert.match(later.lspci(GPU), /MaxReadReq 512 bytes/);
    assert.match(later.lspci(PORT), /ACSCtl:.*DirectTrans-/);
    // With iommu=pt the kernel enables ATS when a guest gets the device, not before.
    assert.match(later.lspci(GPU), /ATSCtl:\tEnable-/);
  });
});
