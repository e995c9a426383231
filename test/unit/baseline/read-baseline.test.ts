import { deepEqual, equal, throws } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BASELINE_SCRIPT } from "../../../core/baseline/baseline-script";
import { otherMachine } from "../../../core/baseline/identity-problem";
import { formatBaseline, readBaseline } from "../../../core/baseline/read-baseline";

const UUID = "4C4C4544-0042-3510-8052-B4C04F4A4D32";
const FILES = {
  "sys/class/dmi/id/sys_vendor": "Dell Inc.\n",
  "sys/class/dmi/id/product_name": "PowerEdge XE9680\n",
  "sys/class/dmi/id/product_serial": "B5RJM24\n",
  "sys/class/dmi/id/product_uuid": `${UUID}\n`,
  "sys/class/dmi/id/bios_version": "2.1.6\n",
  "sys/class/dmi/id/bios_date": "01/09/2024\n",
  "proc/cpuinfo":
    "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) Platinum 8480+\nvendor_id\t: X\n",
  "proc/cmdline": "BOOT_IMAGE=/vmlinuz-6.8.0 root=/dev/sda2 iommu=pt\n",
  "proc/sys/kernel/osrelease": "6.8.0-45-generic\n",
  "proc/sys/kernel/random/boot_id": "0c9f5cde-6f0b-4a1c-9d3c-58e1c2b7b6a1\n",
  "sys/devices/system/node/node0/cpulist": "0-55\n",
  "sys/devices/system/node/node1/cpulist": "56-111\n",
  "sys/bus/pci/devices/0000:18:00.0/vendor": "0x10de\n",
  "sys/bus/pci/devices/0000:18:00.0/class": "0x030200\n",
  "sys/bus/pci/devices/0000:07:00.0/vendor": "0x10de\n",
  "sys/bus/pci/devices/0000:07:00.0/class": "0x068000\n",
  "sys/bus/pci/devices/0000:19:00.0/vendor": "0x15b3\n",
  "sys/bus/pci/devices/0000:19:00.0/class": "0x020700\n",
  "sys/bus/pci/devices/0000:02:00.0/vendor": "0x1a03\n",
  "sys/bus/pci/devices/0000:02:00.0/class": "0x030000\n",
  "sys/firmware/acpi/tables/DMAR": "",
  "sys/firmware/acpi/tables/APIC": "",
  "sys/firmware/efi/efivars/BootCurrent-8be4df61-93ca-11d2-aa0d-00e098032b8c": Buffer.from([6, 0, 0, 0, 0x1f, 0x0a]),
  "sys/kernel/iommu_groups/0/x": "",
  "sys/kernel/iommu_groups/1/x": "",
  "sys/kernel/security/lockdown": "none [integrity] confidentiality\n",
  "etc/default/grub": 'GRUB_DEFAULT="saved"\nGRUB_TIMEOUT=5\n',
};

describe("a host's baseline", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gpudirect-baseline-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (files: Record<string, string | Buffer>) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
  };
  const run = () =>
    execFileSync("sh", ["-c", BASELINE_SCRIPT], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, GPUDIRECT_ROOT: folder, GPUDIRECT_STATE_DIRECTORY: join(folder, "state") },
    });
  const read = () => readBaseline(run(), "node7");

  it("is which machine it is, what it is made of, and what it has booted", () => {
    put(FILES);
    deepEqual(read(), {
      path: join(folder, "state", "baseline.json"),
      recorded: undefined,
      bootId: "0c9f5cde-6f0b-4a1c-9d3c-58e1c2b7b6a1",
      now: {
        identity: {
          systemUuid: UUID.toLowerCase(),
          vendor: "Dell Inc.",
          product: "PowerEdge XE9680",
          serialNumber: "B5RJM24",
        },
        facts: {
          biosVersion: "2.1.6",
          biosDate: "01/09/2024",
          cpuVendor: "GenuineIntel",
          cpuModel: "Intel(R) Xeon(R) Platinum 8480+",
          numaNodes: 2,
          gpus: 1,
          nics: 1,
          acpiIommu: "DMAR",
          iommuGroups: 2,
          lockdown: "integrity",
        },
        bootEntry: {
          firmware: "UEFI",
          kernel: "6.8.0-45-generic",
          commandLine: "BOOT_IMAGE=/vmlinuz-6.8.0 root=/dev/sda2 iommu=pt",
          grubDefault: "saved",
          uefiBootCurrent: "0A1F",
        },
      },
    });
  });

  it("of a machine that tells little has what it tells", () => {
    const { now } = read();
    deepEqual(now.identity, {});
    deepEqual(now.facts, { numaNodes: 0, gpus: 0, nics: 0, acpiIommu: "none", iommuGroups: 0, lockdown: "none" });
    deepEqual(now.bootEntry, { firmware: "BIOS", kernel: "", commandLine: "" });
  });

  it("is read again as it was written down, whatever the machine is by then", () => {
    put(FILES);
    const { now } = read();
    put({ "state/baseline.json": formatBaseline(now), "proc/cmdline": "quiet\n" });
    const later = read();
    deepEqual(later.recorded, now);
    equal(later.now.bootEntry.commandLine, "quiet");
  });

  it("that cannot be understood is named, not passed over", () => {
    for (const text of ["{", '{"version":2}', '{"version":1,"identity":{}}']) {
      put({ "state/baseline.json": text });
      throws(read, /node7: \S+baseline\.json is no baseline that this version can read/);
    }
  });

  it("cut off on its way is refused", () => {
    put(FILES);
    throws(() => readBaseline(run().slice(0, -20), "node7"), /cut off/);
  });

  it("is another machine's where UUID or serial number differ, and not where one of them is not told", () => {
    const was = { systemUuid: "a", serialNumber: "1", product: "XE9680" };
    equal(otherMachine(was, { serialNumber: "1" }), undefined);
    equal(
      otherMachine(was, { systemUuid: "b", serialNumber: "2", product: "XE9680" }),
      "UUID b in place of a, serial number 2 in place of 1",
    );
  });
});
