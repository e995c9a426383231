import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { observeScript, sysctlFile } from "../../../core/guest/observe-script";
import { observedTuning } from "../../../core/guest/observed";
import { type GuestReading, parseReading } from "../../../core/guest/reading";
import type { ObservedTuning } from "../../../core/guest/tuning-shape";
import { Refusal } from "../../../core/problems";
import { guestTuningOutputs } from "../../../provider/resources/guest-tuning/shapes";
import { buildGuest, FakeGuest, SHELLS } from "./fake-guest";

const NAMES = ["net.core.rmem_max", "net.ipv4.tcp_rmem", "net.ipv4.conf.ens3/100.arp_ignore", "net.ipv4.no_such"];

describe("the look at a guest", function () {
  this.timeout(30_000);
  let guest: FakeGuest;
  beforeEach(() => {
    guest = new FakeGuest();
    buildGuest(guest);
  });
  afterEach(() => guest.remove());

  const read = (shell?: readonly string[], env?: Record<string, string>): GuestReading =>
    parseReading(guest.observe(NAMES, shell, env));
  const observed = (shell?: readonly string[], env?: Record<string, string>): ObservedTuning =>
    observedTuning(read(shell, env), { sysctls: NAMES });

  for (const shell of SHELLS) {
    it(`finds adapters, however they are called, under ${shell.join(" ")}`, () => {
      const { adapters, interfaces } = observed(shell);
      assert.deepEqual(Object.keys(adapters), [
        "0000:00:03.0",
        "0000:00:04.0",
        "0000:00:05.0",
        "0000:23:00.0",
        "0000:23:00.1",
        "0000:24:00.0",
      ]);
      assert.deepEqual(adapters["0000:23:00.0"], {
        interfaces: ["enp35s0np0"],
        linkLayer: "ethernet",
        driver: "mlx5_core",
        rdmaDevices: ["mlx5_0"],
        rxRingMax: 8192,
        txRingMax: 8192,
        owner: "none",
        carriesRoute: false,
      });
      assert.deepEqual(interfaces["0000:23:00.0"], {
        mtu: 1500,
        txQueueLength: 1000,
        rxRing: 1024,
        txRing: 1024,
        maxReadRequest: 512,
        trust: "dscp",
        pfcPriorities: [3],
        dscpPriorities: { "0": 0, "1": 0, "2": 0, "3": 0, "4": 0, "5": 0, "6": 0, "7": 0, "24": 3, "26": 3 },
      });
      assert.deepEqual(adapters["0000:24:00.0"], {
        interfaces: ["ibp36s0"],
        linkLayer: "infiniband",
        driver: "mlx5_core",
        rdmaDevices: ["mlx5_1"],
        mtuMax: 4092,
        owner: "none",
        carriesRoute: false,
      });
      assert.deepEqual(interfaces["0000:24:00.0"], { mtu: 2044, txQueueLength: 256, maxReadRequest: 4096 });
      assert.deepEqual(adapters["0000:00:03.0"], {
        interfaces: ["ens3"],
        linkLayer: "ethernet",
        driver: "virtio-pci",
        rdmaDevices: [],
        noReadRequest: "it has no PCI Express capability",
        owner: "none",
        carriesRoute: true,
      });
      assert.deepEqual(adapters["0000:00:04.0"]?.rdmaDevices, ["rxe0"], "Soft-RoCE counts for the adapter below it");
      assert.equal(adapters["0000:00:05.0"]?.linkLayer, "none");
      assert.match(adapters["0000:23:00.1"]?.noReadRequest ?? "", /virtual function/);
    });

    it(`reads kernel parameters by sysctl's names under ${shell.join(" ")}`, () => {
      const { sysctls, missingSysctls } = observed(shell);
      assert.deepEqual(sysctls, {
        "net.core.rmem_max": "212992",
        "net.ipv4.tcp_rmem": "4096 131072 6291456",
        "net.ipv4.conf.ens3/100.arp_ignore": "2",
      });
      assert.deepEqual(missingSysctls, ["net.ipv4.no_such"]);
    });

    it(`finds GPUs, driver and modules under ${shell.join(" ")}`, () => {
      const reading = read(shell);
      assert.deepEqual(reading.gpuAddresses, ["0000:17:00.0", "0000:18:00.0"]);
      assert.equal(reading.hasNvSwitch, true);
      assert.deepEqual(reading.driver, { version: "535.104.05", isOpen: false });
      assert.equal(reading.hasPeerMemoryModule, true);
      assert.equal(reading.kernel, "5.15.0-101-generic");
      assert.equal(reading.init, "systemd");
      assert.deepEqual(reading.missingPrograms, ["nvidia-smi"]);
    });

    it(`tells whole, harmed and missing files of the provider under ${shell.join(" ")}`, () => {
      const persistence = () => {
        const { persistent, damaged } = observed(shell);
        return { persistent, damaged };
      };
      assert.deepEqual(persistence(), { persistent: false, damaged: [] });
      const hash = (text: string) => createHash("sha256").update(text).digest("hex");
      const manifest = `${hash("one\n")}  /etc/sysctl.d/a b.conf\n${hash("two\n")}  /etc/udev/rules.d/x.rules\n`;
      guest.file("etc/sysctl.d/a b.conf", "one\n");
      guest.file("etc/udev/rules.d/x.rules", "two\n");
      guest.file("var/lib/gpudirect/guest-tuning.sha256", manifest);
      assert.deepEqual(persistence(), { persistent: true, damaged: [] });
      guest.file("etc/sysctl.d/a b.conf", "other\n");
      assert.deepEqual(persistence(), { persistent: false, damaged: ["/etc/sysctl.d/a b.conf"] });
      guest.file("var/lib/gpudirect/guest-tuning.sha256", manifest.replaceAll(/ .* .*/g, "  /etc/gone"));
      assert.deepEqual(persistence(), { persistent: false, damaged: ["/etc/gone", "/etc/gone"] });
      guest.file("var/lib/gpudirect/guest-tuning.sha256", "\u0000\u0000");
      const { persistent, damaged } = persistence();
      assert.deepEqual([persistent, damaged], [false, ["/var/lib/gpudirect/guest-tuning.sha256"]]);
    });

    it(`knows the adapter of an SSH connection, also behind sudo, under ${shell.join(" ")}`, () => {
      const ssh = "192.168.1.9 50000 192.168.1.2 22";
      const carriers = (env: Record<string, string>) =>
        Object.entries(observed(shell, env).adapters).flatMap(([address, facts]) =>
          facts.carriesRoute ? [address] : [],
        );
      assert.deepEqual(carriers({}), ["0000:00:03.0"]);
      assert.deepEqual(carriers({ SSH_CONNECTION: ssh }), ["0000:00:03.0", "0000:23:00.0"]);
      guest.file(`proc/${process.pid}/status`, "Name:\tsudo\nPPid:\t77\n");
      guest.file(`proc/${process.pid}/environ`, "HOME=/root\u0000");
      guest.file("proc/77/environ", `LANG=C\u0000SSH_CONNECTION=${ssh}\u0000TERM=dumb\u0000`);
      assert.deepEqual(carriers({}), ["0000:00:03.0", "0000:23:00.0"]);
    });

    it(`of a system without programs, sysfs and /etc still ends under ${shell.join(" ")}`, () => {
      const empty = new FakeGuest();
      try {
        const reading = parseReading(empty.observe(NAMES, shell));
        assert.deepEqual([...reading.adapters], []);
        assert.deepEqual(reading.missingPrograms, ["ethtool", "setpci", "nvidia-smi", "mlnx_qos"]);
        assert.equal(reading.init, "other");
        assert.equal(reading.driver, undefined);
        assert.equal(reading.memlockKiB, 64);
      } finally {
        empty.remove();
      }
    });
  }

  it("gives the largest MTU that ip tells", () => {
    guest.program(
      "ip",
      `echo '3: enp35s0np0@if2: <BROADCAST,UP> mtu 1500 qdisc mq\\    link/ether 02:00:00:00:00:01 promiscuity 0 minmtu 68 maxmtu 9978 addrgenmode eui64'
echo '5: ens4: <BROADCAST,UP> mtu 9000 qdisc mq\\    link/ether 02:00:00:00:00:02 promiscuity 0 minmtu 0 maxmtu 0 addrgenmode eui64'`,
    );
    const { adapters } = observed(["dash"]);
    assert.deepEqual([adapters["0000:23:00.0"]?.mtuMax, adapters["0000:00:04.0"]?.mtuMax], [9978, undefined]);
  });

  it("says that without root MaxReadReq cannot be read", () => {
    guest.file("sys/devices/pci0000:20/0000:20:01.0/0000:23:00.0/config", Buffer.alloc(64));
    const { adapters, interfaces } = observed();
    assert.match(adapters["0000:23:00.0"]?.noReadRequest ?? "", /as root/);
    assert.equal(interfaces["0000:23:00.0"]?.maxReadRequest, undefined);
  });

  it("takes the lowest value of an adapter with several interfaces, so that one that lags behind shows", () => {
    guest.interface("pci0000:20/0000:20:01.0/0000:23:00.0", "enp35s0np1", 7, { mtu: "900", phys_port_name: "p1" });
    const { adapters, interfaces } = observed();
    assert.deepEqual(adapters["0000:23:00.0"]?.interfaces, ["enp35s0np0", "enp35s0np1"]);
    assert.equal(interfaces["0000:23:00.0"]?.mtu, 900);
  });

  it("has no settings of an import, for nobody knows yet what is managed", () => {
    const { interfaces, sysctls, gpuClocks, adapters } = observedTuning(read(), undefined);
    assert.deepEqual([interfaces, sysctls, gpuClocks], [{}, {}, {}]);
    assert.equal(Object.keys(adapters).length, 6);
  });

  it("reads nvidia-smi, and what it cannot tell from the record of this boot", () => {
    guest.program(
      "nvidia-smi",
      `case $1 in
--query-gpu=index*) echo '0, 00000000:17:00.0, 535.104.05, Enabled, 1593, 1410, NVIDIA A100-SXM4-80GB'
  echo '1, 00000000:18:00.0, 535.104.05, Disabled, 1593, 1410, NVIDIA A100-SXM4-80GB' ;;
--query-gpu=pci*) echo '00000000:17:00.0, 1593, 1275'; echo '00000000:18:00.0, [N/A], [N/A]' ;;
--query-supported*) for gpu in 17 18; do for clock in 1410 1395 1380; do echo "00000000:$gpu:00.0, 1593, $clock"; done; done ;;
esac`,
    );
    guest.file(
      "run/gpudirect/gpu-settings",
      "0000:17:00.0\tlockedGpuClock\tset\t1410\n0000:17:00.0\tcudaClocks\tset\ttrue\n0000:17:00.0\tlockedMemoryClock\tunsupported\tSetting locked memory clocks is not supported\n0000:17:00.0\tpersistence\tset\tfalse\n",
    );
    const { cards, gpuClocks, missingPrograms } = observed();
    assert.deepEqual(missingPrograms, []);
    assert.deepEqual(cards["0000:17:00.0"], {
      name: "NVIDIA A100-SXM4-80GB",
      driverVersion: "535.104.05",
      index: 0,
      maxMemoryClock: 1593,
      maxGraphicsClock: 1410,
      supportedClocks: { "1593": "1410-1380/15" },
      unsupported: { lockedMemoryClock: "Setting locked memory clocks is not supported" },
    });
    assert.deepEqual(gpuClocks, {
      "0000:17:00.0": { persistence: true, applicationClocks: "1593,1275", lockedGpuClock: 1410, cudaClocks: true },
      "0000:18:00.0": { persistence: false },
    });
    assert.deepEqual(cards["0000:18:00.0"]?.unsupported, { applicationClocks: "N/A" });
  });

  it("says that a kernel in lockdown lets nobody write MaxReadReq", () => {
    guest.file("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    const { adapters, interfaces } = observed();
    assert.match(adapters["0000:23:00.0"]?.noReadRequest ?? "", /lockdown \(integrity\).*nobody write PCI registers/);
    assert.equal(interfaces["0000:23:00.0"]?.maxReadRequest, undefined);
    guest.file("sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
    assert.equal(observed().interfaces["0000:23:00.0"]?.maxReadRequest, 512);
  });

  it("asks nvidia-smi and mlnx_qos nothing where nobody wants to know, and still knows which programs are there", () => {
    for (const name of ["nvidia-smi", "mlnx_qos"]) guest.program(name, `echo asked >> "$GPUDIRECT_ROOT/asked"`);
    const reading = parseReading(guest.observe(NAMES, ["sh"], {}, { gpus: false, qos: false }));
    assert.deepEqual(reading.missingPrograms, []);
    assert.ok(!existsSync(join(guest.root, "asked")));
    guest.observe(NAMES, ["sh"], {}, { gpus: true, qos: true });
    assert.ok(existsSync(join(guest.root, "asked")));
  });

  it("asks no representor for its RoCE QoS", () => {
    const path = "pci0000:20/0000:20:01.0/0000:23:00.0";
    guest.program("mlnx_qos", `echo "$2" >> "$GPUDIRECT_ROOT/asked"`);
    guest.interface(path, "enp35s0hpf", 10, { phys_port_name: "pf0hpf" });
    guest.observe();
    const asked = readFileSync(join(guest.root, "asked"), "utf8").trim().split("\n");
    assert.ok(asked.includes("enp35s0np0"));
    assert.ok(!asked.includes("enp35s0r0") && !asked.includes("enp35s0hpf"), asked.join());
  });

  it("leaves GPUs to the guests that vfio-pci holds them for", () => {
    guest.pciLink("pci0000:15/0000:17:00.0", "driver", "bus/pci/drivers/vfio-pci");
    const some = read();
    assert.deepEqual([some.gpuAddresses, some.hasPassedGpu], [["0000:18:00.0"], true]);
    for (const address of ["0000:18:00.0", "0000:19:00.0"]) {
      guest.pciLink(`pci0000:15/${address}`, "driver", "bus/pci/drivers/vfio-pci");
    }
    rmSync(join(guest.root, "proc/driver/nvidia/version"));
    const { gpuAddresses, report } = observed();
    assert.deepEqual(gpuAddresses, []);
    assert.equal(report.fabricManager, "not needed");
    assert.doesNotMatch(report.problems.join(), /driver is loaded|install/);
    assert.match(report.problems.join(), /bound to vfio-pci.*set gpus to "none"/);
  });

  it("tells the bond that an adapter's interface is a port of, and its MTU", () => {
    const bond = "sys/devices/virtual/net/bond0";
    guest.file(`${bond}/mtu`, "1500\n");
    guest.file(`${bond}/bonding/mode`, "802.3ad 4\n");
    guest.link("sys/class/net/bond0", bond);
    guest.link("sys/devices/pci0000:20/0000:20:01.0/0000:23:00.0/net/enp35s0np0/master", bond);
    guest.file("sys/devices/virtual/net/br0/mtu", "1500\n");
    guest.link("sys/class/net/br0", "sys/devices/virtual/net/br0");
    guest.link("sys/devices/pci0000:00/0000:00:04.0/net/ens4/master", "sys/devices/virtual/net/br0");
    const { adapters } = observed();
    const { bond: name, bondMtu } = adapters["0000:23:00.0"] ?? {};
    assert.deepEqual([name, bondMtu], ["bond0", 1500]);
    assert.equal(adapters["0000:00:04.0"]?.bond, undefined, "a bridge is none");
  });

  it("knows the adapter of an SSH connection in a VRF, whose routes the kernel's list of the main table lacks", () => {
    guest.program(
      "ip",
      `case $* in
'-o -4 route show table all') cat <<'EOF'
default via 10.0.2.2 dev ens3
default via 192.168.7.1 dev ens4 table 10
local 192.168.7.2 dev ens4 table 10 proto kernel scope host src 192.168.7.2
broadcast 192.168.7.255 dev ens4 table 10 proto kernel scope link src 192.168.7.2
default via 10.9.0.1 dev enp35s0np0 table 101
EOF
esac`,
    );
    const carriers = (ssh: string) =>
      Object.entries(observed(["dash"], { SSH_CONNECTION: ssh }).adapters).flatMap(([address, facts]) =>
        facts.carriesRoute ? [address] : [],
      );
    assert.deepEqual(carriers(""), ["0000:00:03.0"], "a rail's own table carries nothing of ours");
    assert.deepEqual(carriers("172.16.0.9 50000 192.168.7.2 22"), ["0000:00:03.0", "0000:00:04.0"]);
  });

  it("gives outputs of the shapes that the resource has", () => {
    const names = ["net.core.rmem_max", "net.ipv4.no_such"];
    const whole = observedTuning(parseReading(guest.observe(names)), { sysctls: names });
    const fields = Object.fromEntries(Object.keys(whole).map((name) => [name, true])) as Record<
      keyof ObservedTuning,
      true
    >;
    assert.deepEqual(guestTuningOutputs.pick(fields).parse(whole), whole);
    assert.equal(Object.keys(fields).length, 13);
  });

  it("is refused where the text is cut off", () => {
    const text = guest.observe();
    assert.throws(() => parseReading(text.slice(0, text.length / 2)), Refusal);
  });

  it("gives a name no way out of its word of sh", () => {
    const names = ["net.a'; touch /tmp/x; '", "net.//.//.//.etc.passwd", "net.core.rmem_max"];
    const script = observeScript({ gpus: false, qos: false, sysctls: names });
    assert.doesNotMatch(script, /touch|passwd/);
    assert.match(script, /parameter 'net.core.rmem_max' 'net\/core\/rmem_max'/);
  });

  it("knows the dots and slashes of sysctl", () => {
    assert.equal(sysctlFile("net.ipv4.conf.eth0/100.arp_filter"), "net/ipv4/conf/eth0.100/arp_filter");
    assert.equal(sysctlFile("net/ipv4/conf/eth0.100/arp_filter"), "net/ipv4/conf/eth0.100/arp_filter");
    assert.equal(join("/proc/sys", sysctlFile("net.core.rmem_max")), "/proc/sys/net/core/rmem_max");
  });
});
