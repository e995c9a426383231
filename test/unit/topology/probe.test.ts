import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../../core/problems";
import { formatHostFile, parseHostFile } from "../../../core/topology/host-file";
import type { HostTopology, PciDevice } from "../../../core/topology/model";
import { PROBE_SCRIPT } from "../../../core/topology/probe-script";
import { parseProbe, readProbe } from "../../../core/topology/sysfs";
import { devicesByAddress } from "../../../core/topology/walk";
import { FakeMachine, resourceFile } from "../../support/fake-sysfs";

const SHELLS = [["sh"], ["dash"], ["busybox", "sh"], ["bash"]].filter(
  ([shell = "", ...args]) => spawnSync(shell, [...args, "-c", "true"]).status === 0,
);

function probe(root: string, shell: string[] = ["sh"], env: Record<string, string> = {}): string {
  const [program = "sh", ...args] = shell;
  const clean = { PATH: process.env.PATH ?? "", GPUDIRECT_ROOT: root, ...env };
  const run = spawnSync(program, [...args, "-s"], { input: PROBE_SCRIPT, env: clean, maxBuffer: 2 ** 26 });
  assert.equal(run.status, 0);
  assert.equal(run.stderr.toString(), "", "the probe must not print errors");
  return run.stdout.toString();
}

const device = (host: HostTopology, address: string): PciDevice => {
  const placed = devicesByAddress(host).get(address);
  assert.ok(placed, `${address} is missing`);
  const { children: _, ...facts } = placed.device;
  return facts;
};

const bridge = {
  class: "0x060400",
  vendor: "0x1000",
  device: "0xc030",
  numa_node: "0",
  max_link_speed: "32.0 GT/s PCIe",
  max_link_width: "16",
};

/** A server with nested switches, SR-IOV, a VMD domain, a conventional bridge, a bond, LVM on md, a BMC's USB NIC. */
function buildServer(machine: FakeMachine, root: boolean): void {
  const rp = "pci0000:15/0000:15:01.0";
  const up = `${rp}/0000:16:00.0`;
  const down = `${up}/0000:17:00.0`;
  const nested = `${up}/0000:17:01.0/0000:19:00.0`;
  machine.pci(rp, bridge, { portType: 4, acs: true }, root);
  machine.pci(up, bridge, { portType: 5 }, root);
  machine.pci(down, bridge, { portType: 6, acs: true }, root);
  machine.pci(`${up}/0000:17:01.0`, bridge, { portType: 6, acs: true }, root);
  machine.pci(nested, bridge, { portType: 5 }, root);
  machine.pci(`${nested}/0000:1a:00.0`, bridge, { portType: 6 }, root);
  const gpu = `${down}/0000:18:00.0`;
  const bars = resourceFile({ 0: [2 ** 24, 0x14220c], 2: [2 ** 37, 0x14220c], 4: [2 ** 25, 0x14220c] });
  machine.pci(
    gpu,
    {
      class: "0x030200",
      vendor: "0x10de",
      device: "0x2330",
      subsystem_vendor: "0x10de",
      subsystem_device: "0x16c1",
      numa_node: "0",
      max_link_speed: "32.0 GT/s PCIe",
      max_link_width: "16",
      current_link_speed: "2.5 GT/s PCIe",
      current_link_width: "16",
      resource: bars,
    },
    { portType: 0, ats: true, serial: "48b02d0000000010" },
    root,
  );
  machine.pciLink(gpu, "iommu_group", "kernel/iommu_groups/12");
  machine.pciLink(gpu, "driver", "bus/pci/drivers/vfio-pci");
  const nic = `${nested}/0000:1a:00.0/0000:1b:00.0`;
  machine.pci(
    nic,
    {
      class: "0x020700",
      vendor: "0x15b3",
      device: "0x1021",
      numa_node: "0",
      max_link_speed: "Unknown",
      max_link_width: "255",
      sriov_totalvfs: "16",
    },
    { portType: 0, ats: true, totalVfs: 16 },
    root,
  );
  const vf = `${nested}/0000:1a:00.0/0000:1b:00.1`;
  machine.pci(vf, { class: "0x020700", vendor: "0x15b3", device: "0x101e", numa_node: "-1" }, { portType: 0 }, root);
  machine.pciLink(vf, "physfn", `devices/${nic}`);

  const chipset = "pci0000:00";
  machine.pci(`${chipset}/0000:00:1c.0`, { ...bridge, max_link_width: "4", numa_node: "1" }, { portType: 4 }, root);
  machine.pci(
    `${chipset}/0000:00:1c.0/0000:01:00.0`,
    { class: "0x060400", vendor: "0x1a03", device: "0x1150", numa_node: "1" },
    root ? { portType: 7 } : {},
    root,
  );
  machine.pci(
    `${chipset}/0000:00:1c.0/0000:01:00.0/0000:02:00.0`,
    { class: "0x030000", vendor: "0x1a03", device: "0x2000", numa_node: "1" },
    {},
    root,
  );
  const ethernet = (slot: number) => `${chipset}/0000:00:0${slot}.0`;
  for (const slot of [3, 4])
    machine.pci(
      ethernet(slot),
      {
        class: "0x020000",
        vendor: "0x8086",
        device: "0x1563",
        numa_node: "1",
        resource: resourceFile({ 0: [0x1000, 0x40200], 1: [0x20, 0x101] }),
      },
      { portType: 9 },
      root,
    );
  const usb = `${chipset}/0000:00:14.0`;
  machine.pci(usb, { class: "0x0c0330", vendor: "0x8086", device: "0x1bcd", numa_node: "1" }, {}, root);
  machine.pci(
    `${chipset}/0000:00:0e.0`,
    { class: "0x010400", vendor: "0x8086", device: "0x28c0", numa_node: "1" },
    { portType: 9 },
    root,
  );
  const volume = `${chipset}/0000:00:0e.0/pci10000:e0/10000:e0:06.0`;
  machine.pci(volume, { ...bridge, numa_node: "1" }, { portType: 4, acs: true }, root);
  for (const bus of ["e1", "e2"])
    machine.pci(
      `${volume}/10000:${bus}:00.0`,
      { class: "0x010802", vendor: "0x144d", device: "0xa80a", numa_node: "1" },
      { portType: 0 },
      root,
    );

  // / is LVM on md of two disks; /boot is an NVMe namespace with multipath.
  machine.file(
    "proc/self/mountinfo",
    "22 1 253:0 / / rw - ext4 /dev/mapper/vg-root rw\n23 22 259:7 / /boot rw - ext4 /dev/nvme2n1p1 rw\n24 22 0:30 / /tmp rw - tmpfs tmpfs rw\n",
  );
  const block = (name: string, path: string, number: string) => {
    machine.file(`sys/devices/${path}/dev`, `${number}\n`);
    machine.link(`sys/class/block/${name}`, `sys/devices/${path}`);
  };
  block("dm-0", "virtual/block/dm-0", "253:0");
  block("md0", "virtual/block/md0", "9:0");
  machine.link("sys/devices/virtual/block/dm-0/slaves/md0", "sys/devices/virtual/block/md0");
  for (const [index, bus] of ["e1", "e2"].entries()) {
    const path = `${volume}/10000:${bus}:00.0/nvme/nvme${index}/nvme${index}n1`;
    block(`nvme${index}n1`, path, `259:${index}`);
    machine.link(`sys/devices/virtual/block/md0/slaves/nvme${index}n1`, `sys/devices/${path}`);
  }
  const boot = "pci0000:15/0000:15:02.0/0000:30:00.0";
  machine.pci("pci0000:15/0000:15:02.0", bridge, { portType: 4, acs: true }, root);
  machine.pci(boot, { class: "0x010802", vendor: "0x144d", device: "0xa80a", numa_node: "0" }, { portType: 0 }, root);
  machine.directory(`sys/devices/${boot}/nvme/nvme2`);
  machine.link("sys/class/nvme/nvme2", `sys/devices/${boot}/nvme/nvme2`);
  block("nvme2n1", "virtual/nvme-subsystem/nvme-subsys2/nvme2n1", "259:6");
  block("nvme2n1p1", "virtual/nvme-subsystem/nvme-subsys2/nvme2n1/nvme2n1p1", "259:7");
  machine.link("sys/devices/virtual/nvme-subsystem/nvme-subsys2/nvme2", `sys/devices/${boot}/nvme/nvme2`);
  machine.link("sys/class/nvme-subsystem/nvme-subsys2", "sys/devices/virtual/nvme-subsystem/nvme-subsys2");

  // The default route goes by a VLAN on a bond of eth0; ssh came by a virtual function; a BMC's NIC is on USB.
  const net = (name: string, path: string) => {
    machine.directory(`sys/devices/${path}`);
    machine.link(`sys/class/net/${name}`, `sys/devices/${path}`);
  };
  net("eth0", `${ethernet(3)}/net/eth0`);
  net("eth1", `${ethernet(4)}/net/eth1`);
  net("bond0", "virtual/net/bond0");
  net("bond0.7", "virtual/net/bond0.7");
  net("ib0v0", `${vf}/net/ib0v0`);
  net("usb0", `${usb}/usb1/1-3/1-3:1.0/net/usb0`);
  machine.link("sys/devices/virtual/net/bond0/lower_eth0", `sys/devices/${ethernet(3)}/net/eth0`);
  machine.link("sys/devices/virtual/net/bond0.7/lower_bond0", "sys/devices/virtual/net/bond0");
  machine.link(`sys/devices/${usb}/usb1/1-3/1-3:1.0/net/usb0/device`, `sys/devices/${usb}/usb1/1-3/1-3:1.0`);
  machine.link(`sys/devices/${usb}/usb1/1-3/1-3:1.0/driver`, "sys/bus/usb/drivers/cdc_ether");
  const header = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
  machine.file(
    "proc/net/route",
    `${header}\nbond0.7\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\nib0v0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n`,
  );

  for (const [id, cpus] of [
    [0, "0-1,4-5"],
    [1, "2-3,6-7"],
  ] as const) {
    machine.file(`sys/devices/system/node/node${id}/cpulist`, `${cpus}\n`);
    machine.file(`sys/devices/system/node/node${id}/distance`, id === 0 ? "10 21 17\n" : "21 10 28\n");
    machine.file(
      `sys/devices/system/node/node${id}/meminfo`,
      `Node ${id} MemTotal:       1056766800 kB\nNode ${id} MemFree: 5 kB\n`,
    );
    machine.file(`sys/devices/system/node/node${id}/hugepages/hugepages-1048576kB/nr_hugepages`, "960\n");
    machine.file(`sys/devices/system/node/node${id}/hugepages/hugepages-1048576kB/free_hugepages`, `${900 + id}\n`);
  }
  machine.file("sys/devices/system/node/node4/cpulist", "\n");
  machine.file("sys/devices/system/node/node4/distance", "17 28 10\n");
  machine.file("sys/devices/system/node/node4/meminfo", "Node 4 MemTotal: 0 kB\n");
  for (let cpu = 0; cpu < 8; cpu++) {
    const base = cpu % 4;
    machine.file(`sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, `${base},${base + 4}\n`);
    machine.file(`sys/devices/system/cpu/cpu${cpu}/topology/physical_package_id`, `${base < 2 ? 0 : 1}\n`);
  }
  machine.file("proc/cpuinfo", "processor\t: 0\naddress sizes\t: 46 bits physical, 57 bits virtual\n");
  machine.file("sys/devices/virtual/dmi/id/sys_vendor", "ACME Inc.\n");
  machine.file("sys/devices/virtual/dmi/id/product_name", "GPU Server 8\n");
  machine.link("sys/class/dmi/id", "sys/devices/virtual/dmi/id");
  machine.file("proc/cmdline", "root=/dev/vg/root rd.password=geheim iommu=pt url=http://me:pw@host/ api_token=abc\n");
  machine.file("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
}

describe("the probe of a machine", function () {
  this.timeout(30_000);
  let directory: string;
  let text: string;
  let host: HostTopology;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "gpudirect-probe-"));
    buildServer(new FakeMachine(directory), true);
    text = probe(directory, ["sh"], { SSH_CONNECTION: "10.0.0.9 50000 10.0.0.1 22" });
    const read = readProbe(text, "a fake server");
    assert.deepEqual(read.warnings, []);
    host = read.host;
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it("finds root complexes, with VMD domains as their own", () => {
    assert.deepEqual(
      host.pciRoots.map(({ address, numaNode, devices }) => [address, numaNode, devices.length]),
      [
        ["0000:00", 1, 5],
        ["0000:15", 0, 2],
        ["10000:e0", 1, 1],
      ],
    );
  });

  it("finds port types, nested switches and bridges to conventional PCI", () => {
    const ports = [...devicesByAddress(host).values()].flatMap(({ device: { address, port }, bridges }) =>
      port ? [[address, port, bridges.length]] : [],
    );
    assert.deepEqual(ports, [
      ["0000:00:1c.0", "root-port", 0],
      ["0000:01:00.0", "pci-bridge", 1],
      ["0000:15:01.0", "root-port", 0],
      ["0000:16:00.0", "upstream-port", 1],
      ["0000:17:00.0", "downstream-port", 2],
      ["0000:17:01.0", "downstream-port", 2],
      ["0000:19:00.0", "upstream-port", 3],
      ["0000:1a:00.0", "downstream-port", 4],
      ["0000:15:02.0", "root-port", 0],
      ["10000:e0:06.0", "root-port", 0],
    ]);
  });

  it("reads every fact of a GPU", () => {
    const wide = { is64Bit: true, prefetchable: true };
    assert.deepEqual(device(host, "0000:18:00.0"), {
      address: "0000:18:00.0",
      class: "030200",
      vendor: "10de",
      device: "2330",
      subsystemVendor: "10de",
      subsystemDevice: "16c1",
      serial: "48b02d0000000010",
      maxLinkSpeed: "32.0 GT/s PCIe",
      maxLinkWidth: 16,
      bars: [
        { index: 0, sizeBytes: 2 ** 24, ...wide },
        { index: 2, sizeBytes: 2 ** 37, ...wide },
        { index: 4, sizeBytes: 2 ** 25, ...wide },
      ],
      numaNode: 0,
      iommuGroup: 12,
      acs: false,
      ats: true,
    });
    assert.equal(host.volatile?.drivers?.["0000:18:00.0"], "vfio-pci");
    assert.deepEqual(host.volatile?.links, { "0000:18:00.0": { speed: "2.5 GT/s PCIe", width: 16 } });
  });

  it("leaves out what the kernel does not know, and port I/O", () => {
    assert.deepEqual(device(host, "0000:1b:00.0"), {
      address: "0000:1b:00.0",
      class: "020700",
      vendor: "15b3",
      device: "1021",
      numaNode: 0,
      acs: false,
      ats: true,
      virtualFunctions: 16,
      hostUses: ["ssh-route"],
    });
    assert.deepEqual(device(host, "0000:00:04.0").bars, [
      { index: 0, sizeBytes: 0x1000, is64Bit: false, prefetchable: false },
    ]);
    assert.equal(device(host, "0000:1b:00.1").numaNode, undefined);
    assert.equal(device(host, "0000:15:01.0").acs, true);
  });

  it("finds what the host itself needs, through bonds, VLANs, md, LVM, multipath and virtual functions", () => {
    const uses = [...devicesByAddress(host).values()].flatMap(({ device: { address, hostUses } }) =>
      hostUses ? [[address, ...hostUses]] : [],
    );
    assert.deepEqual(uses, [
      ["0000:00:03.0", "ssh-route"],
      ["0000:00:14.0", "bmc-nic"],
      ["0000:1b:00.0", "ssh-route"],
      ["0000:1b:00.1", "ssh-route"],
      ["0000:30:00.0", "boot-disk"],
      ["10000:e1:00.0", "boot-disk"],
      ["10000:e2:00.0", "boot-disk"],
    ]);
  });

  it("reads NUMA nodes, also one without CPUs and memory", () => {
    assert.deepEqual(host.numaNodes[0], {
      id: 0,
      cpus: "0-1,4-5",
      threadSiblings: ["0,4", "1,5"],
      socket: 0,
      memoryMiB: 1031998,
      distances: { 0: 10, 1: 21, 4: 17 },
      hugepages: { "1048576": 960 },
    });
    assert.deepEqual(host.numaNodes[2], { id: 4, cpus: "", memoryMiB: 0, distances: { 0: 17, 1: 28, 4: 10 } });
    assert.deepEqual(host.volatile?.freeHugepages, { 0: { "1048576": 900 }, 1: { "1048576": 901 } });
  });

  it("reads the machine's name, address width and kernel, without secrets", () => {
    assert.deepEqual(
      [host.vendor, host.product, host.physicalAddressBits, host.volatile?.lockdown],
      ["ACME Inc.", "GPU Server 8", 46, "integrity"],
    );
    assert.equal(
      host.volatile?.kernelCommandLine,
      "root=/dev/vg/root rd.password=*** iommu=pt url=http://***@host/ api_token=***",
    );
  });

  it("makes a host file that reads back", () => {
    const file = formatHostFile(host);
    assert.deepEqual(parseHostFile(file), host);
    assert.ok(!/geheim|10\.0\.0/.test(file));
  });

  for (const shell of SHELLS) {
    it(`gives the same facts by ${shell.join(" ")}`, () => {
      const other = probe(directory, shell, { SSH_CONNECTION: "10.0.0.9 50000 10.0.0.1 22" });
      assert.deepEqual(parseProbe(other, "a fake server"), host);
    });
  }

  it("needs no programs but busybox's, as in a small guest", () => {
    const busybox = spawnSync("sh", ["-c", "command -v busybox"]).stdout.toString().trim();
    if (busybox === "") {
      console.log("      busybox is not there; the probe ran by this machine's own programs alone");
      return;
    }
    const programs = mkdtempSync(join(tmpdir(), "gpudirect-busybox-"));
    try {
      for (const name of ["sh", "cat", "grep", "ls", "od", "awk"]) symlinkSync(busybox, join(programs, name));
      const ssh = { SSH_CONNECTION: "10.0.0.9 50000 10.0.0.1 22" };
      const other = probe(directory, [join(programs, "sh")], { ...ssh, PATH: programs });
      assert.deepEqual(parseProbe(other, "a fake server"), host);
    } finally {
      rmSync(programs, { recursive: true, force: true });
    }
  });

  it("without root keeps the tree by position, leaves capabilities out and says so", () => {
    const poor = mkdtempSync(join(tmpdir(), "gpudirect-probe-"));
    try {
      buildServer(new FakeMachine(poor), false);
      const read = readProbe(probe(poor), "a fake server");
      assert.match(read.warnings[0] ?? "", /ACS, ATS and serial numbers.*run as root/);
      assert.equal(read.host.source, "a fake server, read without root");
      const ports = (machine: HostTopology) =>
        [...devicesByAddress(machine).values()].map(({ device }) => [device.address, device.port]);
      assert.deepEqual(ports(read.host), ports(host));
      assert.deepEqual(
        [device(read.host, "0000:18:00.0").ats, device(read.host, "0000:18:00.0").serial],
        [undefined, undefined],
      );
      assert.equal(device(read.host, "0000:1b:00.0").virtualFunctions, 16);
    } finally {
      rmSync(poor, { recursive: true, force: true });
    }
  });

  it("finds the function of an SSH connection in a VRF, where ip is there", () => {
    const vrf = mkdtempSync(join(tmpdir(), "gpudirect-probe-"));
    try {
      const machine = new FakeMachine(vrf);
      const [path, address] = ["pci0000:00/0000:00:02.0", "0000:00:02.0"];
      machine.pci(path, { class: "0x020000", numa_node: "-1" }, {});
      machine.directory(`sys/devices/${path}/net/mgmt0`);
      machine.link("sys/class/net/mgmt0", `sys/devices/${path}/net/mgmt0`);
      machine.file("sys/devices/system/cpu/online", "0-3\n");
      machine.file("proc/meminfo", "MemTotal:        2097152 kB\n");
      machine.file(
        "usr/sbin/ip",
        `#!/bin/sh\n[ "$2" = -6 ] || echo 'local 10.0.0.2 dev mgmt0 table 10 proto kernel'\n`,
      );
      chmodSync(join(vrf, "usr/sbin/ip"), 0o755);
      for (const shell of SHELLS) {
        const { host: found } = readProbe(probe(vrf, shell, { SSH_CONNECTION: "10.9.0.9 50000 10.0.0.2 22" }), "a VRF");
        assert.deepEqual(device(found, address).hostUses, ["ssh-route"], shell.join(" "));
      }
    } finally {
      rmSync(vrf, { recursive: true });
    }
  });

  it("of a machine without NUMA, boot disk and network is node 0, with warnings", () => {
    const plain = mkdtempSync(join(tmpdir(), "gpudirect-probe-"));
    try {
      const machine = new FakeMachine(plain);
      machine.pci("pci0000:00/0000:00:01.0", { class: "0x030200", numa_node: "-1" }, {});
      machine.file("sys/devices/system/cpu/online", "0-3\n");
      machine.file("proc/meminfo", "MemTotal:        2097152 kB\nMemFree: 1 kB\n");
      machine.file("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "8\n");
      machine.file("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "7\n");
      const read = readProbe(probe(plain), "a plain machine");
      assert.deepEqual(read.host.numaNodes, [{ id: 0, cpus: "0-3", memoryMiB: 2048, hugepages: { "2048": 8 } }]);
      assert.deepEqual(read.host.volatile?.freeHugepages, { 0: { "2048": 7 } });
      assert.equal(read.host.pciRoots[0]?.numaNode, undefined);
      assert.equal(read.warnings.length, 2);
    } finally {
      rmSync(plain, { recursive: true, force: true });
    }
  });

  it("is refused when cut off, empty, or of a machine without PCI", () => {
    const refusal = (what: string) => {
      try {
        parseProbe(what, "x");
      } catch (error) {
        assert.ok(error instanceof Refusal);
        return error.message;
      }
      return assert.fail("was read");
    };
    assert.match(refusal(text.slice(0, text.length / 2)), /cut off/);
    assert.match(refusal("Welcome!\n"), /did not run the probe/);
    assert.match(refusal("### end\n"), /no PCI device/);
  });

  it("of this very machine agrees with /sys", () => {
    const [shell = "sh"] = SHELLS[0] ?? [];
    const live = spawnSync(shell, ["-s"], { input: PROBE_SCRIPT, env: { PATH: process.env.PATH ?? "" } });
    const output = live.stdout.toString();
    if (!output.includes("### pci-links") || !/ -> /.test(output)) {
      console.log("      this machine shows no PCI devices; only the fake machines were read");
      return;
    }
    const machine = parseProbe(output, "this machine");
    for (const [address, placed] of devicesByAddress(machine)) {
      const vendor = readFileSync(`/sys/bus/pci/devices/${address}/vendor`, "utf8").trim();
      assert.equal(`0x${placed.device.vendor}`, vendor);
    }
    assert.deepEqual(parseHostFile(formatHostFile(machine)), JSON.parse(JSON.stringify(machine)));
  });
});
