import assert from "node:assert/strict";
import { Unknown } from "../../../core/diff/unknown";
import { checkTuning } from "../../../core/guest/check";
import { judgeTuning } from "../../../core/guest/judge";
import { parseReading } from "../../../core/guest/reading";
import { gpuDirectReport } from "../../../core/guest/report";
import { resolveSettings } from "../../../core/guest/resolve";
import type { ObservedTuning, TuningInputs } from "../../../core/guest/tuning-shape";
import { adapter, card, GPU, INFINIBAND, inputs, OTHER_GPU, ROCE, ringless, system, VIRTIO } from "./tuned-system";

/** Refusals as `PATH: MESSAGE`. They must be the same of inputs that were resolved before. */
function judged(own: Partial<TuningInputs>, facts: Partial<ObservedTuning> = {}) {
  const [observed, wanted] = [system(facts), inputs(own)];
  const judgement = judgeTuning(observed, wanted);
  assert.deepEqual(judgeTuning(observed, resolveSettings(observed, wanted)), judgement, "resolved inputs judge alike");
  return judgement;
}
const refusals = (own: Partial<TuningInputs>, facts?: Partial<ObservedTuning>): string[] =>
  judged(own, facts).refusals.map(({ path, message }) => `${path}: ${message}`);

function only(found: readonly string[], expected: RegExp): void {
  assert.equal(found.length, 1, found.join("\n"));
  assert.match(found[0] as string, expected);
}

describe("names of kernel parameters", () => {
  for (const name of ["net.//.//.//.etc.passwd", "net.//.x", "net..x", "net.x.", "net.x./.y", "-net.x"]) {
    it(`are refused where they lead out of /proc/sys: ${name}`, () => {
      const [problem, ...more] = checkTuning({ sysctls: { [name]: "1" } });
      assert.deepEqual(more, []);
      assert.equal(problem?.path, `sysctls["${name}"]`);
      assert.match(problem?.message ?? "", /no name of a parameter below \/proc\/sys/);
    });
  }
  it("are taken where they are below it, of VLANs too", () =>
    assert.deepEqual(
      checkTuning({ sysctls: { "net.ipv4.conf.eth0/100.arp_filter": "1", "kernel.numa_balancing": "0" } }),
      [],
    ));
});

describe("what a system is told of", () => {
  const lacking = {
    report: {
      peerMemory: "none" as const,
      fabricManager: "missing" as const,
      memlockKiB: 64,
      problems: gpuDirectReport({
        ...parseReading("### end\n"),
        gpuAddresses: [GPU],
        hasNvSwitch: true,
        hasRdmaDevice: true,
        memlockKiB: 64,
      }).problems,
    },
  };
  it("is nothing of GPUs where it is to have none", () => {
    assert.equal(judged({}, lacking).warnings.length, 3);
    only(judged({ gpus: "none" }, lacking).warnings, /^GPUDirect RDMA: login sessions may lock 64 KiB/);
    assert.equal(judged({ gpus: "none", gpuClocks: { [GPU]: { persistence: true } } }, lacking).warnings.length, 3);
  });

  it("is the MTU of a bond, until that is as it is to be", () => {
    const bonded = (bondMtu: number) => ({
      adapters: { ...system().adapters, [ROCE]: adapter({ bond: "bond0", bondMtu }) },
    });
    only(
      judged({}, bonded(1500)).warnings,
      /^0000:23:00\.0 \(enp35s0np0\) is a port of bond0: set the MTU 9000 of bond0 too, in the system's own network configuration.*1500$/,
    );
    assert.deepEqual(judged({}, bonded(9000)).warnings, []);
    assert.deepEqual(judged({ profile: "none", nicSettings: { rxRing: 512 } }, bonded(1500)).warnings, []);
  });

  it("is an adapter whose RDMA driver is not loaded now, which keeps its settings", () => {
    const now = { adapters: { ...system().adapters, [ROCE]: adapter({ rdmaDevices: [] }) } };
    const wanted = inputs({});
    assert.deepEqual(
      Object.keys(resolveSettings(system(now), wanted).interfaces),
      Object.keys(resolveSettings(system(), wanted).interfaces),
    );
    only(judged({}, now).warnings, /^0000:23:00\.0 .* no RDMA device now: .* mlx5_core .*\(modprobe mlx5_ib\)/);
    const other = { adapters: { ...system().adapters, [ROCE]: adapter({ rdmaDevices: [], driver: "e1000e" }) } };
    assert.deepEqual(Object.keys(resolveSettings(system(other), wanted).interfaces), [INFINIBAND]);
  });
});

describe("what a system cannot be set to", () => {
  it("is nothing of the profile on a whole system", () => assert.deepEqual(judged({}), { refusals: [], warnings: [] }));

  it("is a ring above the adapter's maximum, named where the user wrote it", () => {
    only(
      refusals({ nics: [ROCE], nicSettings: { rxRing: 9000 } }),
      /^nicSettings\.rxRing: 0000:23:00\.0 \(enp35s0np0\) takes 8192 descriptors at most, not 9000; name a lower number, or "max"$/,
    );
    only(refusals({ interfaces: { [ROCE]: { txRing: 16_384 } } }), /^interfaces\["0000:23:00\.0"\]\.txRing: .*8192/);
    assert.deepEqual(refusals({ nicSettings: { rxRing: 8192 } }), []);
  });

  it("is a ring of vmxnet3 that its driver would round at the MTU that is to be", () => {
    const adapters = { [ROCE]: adapter({ driver: "vmxnet3", rxRingMax: 4096, txRingMax: 4096 }) };
    const rings = (rxRing: number, mtu: number) => refusals({ nicSettings: { mtu, rxRing } }, { adapters });
    only(
      rings(1024, 9000),
      /^nicSettings\.rxRing: .* takes multiples of 96 descriptors at an MTU of 9000, not 1024; name 1056, or "max"$/,
    );
    only(rings(4096, 9000), /^nicSettings\.rxRing: .* takes 4032 descriptors at most at an MTU of 9000, not 4096/);
    assert.deepEqual([rings(1056, 9000), rings(4096, 1500)], [[], []]);
  });

  it("is a ring of a driver without ring sizes, where it is named for that adapter", () => {
    const adapters = { [ROCE]: ringless() };
    only(
      refusals({ interfaces: { [ROCE]: { rxRing: 512 } } }, { adapters }),
      /^interfaces\["0000:23:00\.0"\]\.rxRing: .*no ring sizes/,
    );
    only(refusals({ interfaces: { [ROCE]: { rxRing: "max" } } }, { adapters }), /no ring sizes/);
  });

  it("is an adapter or a GPU that is not there", () => {
    only(
      refusals({ nics: [ROCE, "0000:99:00.0"] }),
      /^nics\[1\]: there is no network adapter 0000:99:00\.0 on this system; it has /,
    );
    only(refusals({ interfaces: { "0000:99:00.0": { mtu: 1500 } } }), /^interfaces\["0000:99:00\.0"\]: there is no/);
    only(refusals({ gpus: [GPU, "0000:99:00.0"] }), /^gpus\[1\]: there is no NVIDIA GPU 0000:99:00\.0/);
    only(refusals({ gpuClocks: { "0000:99:00.0": {} } }), /^gpuClocks\["0000:99:00\.0"\]: there is no NVIDIA GPU/);
  });

  it("is a parameter that the kernel lacks, unless it is of the profile", () => {
    only(
      refusals({ sysctls: { "net.no.such": "1" } }, { missingSysctls: ["net.no.such"] }),
      /^sysctls\["net\.no\.such"\]: this kernel has no such/,
    );
    const { refusals: none, warnings } = judged({}, { missingSysctls: ["net.ipv4.tcp_low_latency"] });
    assert.deepEqual(none, []);
    only(warnings, /lacks parameters of the profile, left out are net\.ipv4\.tcp_low_latency/);
  });

  it("is MTU or rings of an adapter that the way in goes by", () => {
    only(
      refusals({ nics: [VIRTIO] }),
      /^nics\[0\]: the default route or the SSH connection goes by 0000:00:03\.0 \(ens3\), so its mtu may not be changed/,
    );
    only(
      refusals({ interfaces: { [VIRTIO]: { mtu: 9000 } } }),
      /^interfaces\["0000:00:03\.0"\]\.mtu: the default route/,
    );
    only(
      refusals({ interfaces: { [VIRTIO]: { rxRing: 128 } } }),
      /^interfaces\["0000:00:03\.0"\]\.rxRing: the default route/,
    );
    const asItIs = { mtu: 1500, rxRing: 256, txRing: 256 };
    assert.deepEqual(refusals({ nics: [VIRTIO], interfaces: { [VIRTIO]: asItIs } }), []);
    assert.deepEqual(refusals({ interfaces: { [VIRTIO]: { txQueueLength: 5000 } } }), [], "a queue locks nobody out");
  });

  it("is an MTU that the interface does not take", () => {
    only(
      refusals({ interfaces: { [INFINIBAND]: { mtu: 9000 } } }),
      /^interfaces\["0000:24:00\.0"\]\.mtu: .* 4092 at most in the mode that it is in \(datagram 4092, connected 65520\), not 9000/,
    );
    only(
      refusals({ nicSettings: { mtu: 9500 } }, { adapters: { [ROCE]: adapter({ mtuMax: 9000 }) } }),
      /^nicSettings\.mtu: .* 9000 at most, not 9500/,
    );
  });

  it("is RoCE QoS of other adapters, and MaxReadReq of those without", () => {
    only(
      refusals({ interfaces: { [INFINIBAND]: { trust: "dscp" } } }, { missingPrograms: [] }),
      /^interfaces\["0000:24:00\.0"\]\.trust: .*no RoCE QoS/,
    );
    only(
      refusals({ interfaces: { [VIRTIO]: { maxReadRequest: 4096 } } }),
      /^interfaces\["0000:00:03\.0"\]\.maxReadRequest: .*no PCI Express capability/,
    );
  });

  it("is what needs a program that is missing: each told once, with its package", () => {
    const blind = { adapters: { [ROCE]: ringless() } };
    only(
      refusals({}, { ...blind, missingPrograms: ["ethtool"] }),
      /^nicSettings\.rxRing: a ring size needs the program ethtool, .*install the package ethtool .*or leave it out: with profile "none"/,
    );
    only(
      refusals(
        { profile: "none", interfaces: { [ROCE]: { txRing: "max" } } },
        { ...blind, missingPrograms: ["ethtool"] },
      ),
      /^interfaces\["0000:23:00\.0"\]\.txRing: .*ethtool/,
    );
    assert.deepEqual(refusals({ profile: "none" }, { ...blind, missingPrograms: ["ethtool", "setpci"] }), []);
    only(refusals({}, { missingPrograms: ["setpci"] }), /^nicSettings\.maxReadRequest: .*setpci.*pciutils/);
    only(
      refusals({ nicSettings: { trust: "dscp", pfcPriorities: [3] } }, { adapters: { [ROCE]: adapter({}) } }),
      /^nicSettings\.trust: .*mlnx_qos.*mlnx-tools/,
    );
  });

  it("is GPUs without nvidia-smi, or without a driver that reports them", () => {
    const silent = { cards: {}, missingPrograms: ["nvidia-smi"] };
    only(
      refusals({}, silent),
      /^gpus: .*0000:17:00\.0, 0000:18:00\.0 needs the program nvidia-smi.*install.*or install the NVIDIA driver that has it, or set gpus to "none"/,
    );
    assert.deepEqual(refusals({ gpus: "none" }, silent), []);
    assert.deepEqual(refusals({ profile: "none" }, silent), [], "nothing is to be set");
    assert.deepEqual(refusals({}, { ...silent, gpuAddresses: [] }), []);
    only(refusals({}, { cards: {} }), /^gpus: the NVIDIA driver does not report/);
    only(
      refusals({ gpus: [OTHER_GPU] }, { cards: { [GPU]: card({}) } }),
      /^gpus\[0\]: the NVIDIA driver does not report GPU 0000:18:00\.0/,
    );
  });

  it("is a clock that a card does not support, where it tells them", () => {
    const cards = { [GPU]: card({}) };
    only(
      refusals({ gpuSettings: { lockedGpuClock: 1401 } }, { cards }),
      /^gpuSettings\.lockedGpuClock: GPU 0000:17:00\.0 .*no graphics clock of 1401 MHz; next to it are 1395 and 1410/,
    );
    only(
      refusals({ gpuClocks: { [GPU]: { lockedMemoryClock: 1600 } } }, { cards }),
      /^gpuClocks\["0000:17:00\.0"\]\.lockedMemoryClock: .*1593, 1215 MHz, not 1600/,
    );
    only(
      refusals({ gpuSettings: { applicationClocks: "1215,1410" } }, { cards }),
      /^gpuSettings\.applicationClocks: .*1410 MHz at a memory clock of 1215 MHz/,
    );
    only(
      refusals({ gpuSettings: { applicationClocks: "877,1410" } }, { cards }),
      /^gpuSettings\.applicationClocks: .*not 877/,
    );
    assert.deepEqual(refusals({ gpuSettings: { applicationClocks: "1215,1200", lockedGpuClock: 210 } }, { cards }), []);
    const { supportedClocks: _clocks, ...untold } = card({});
    assert.deepEqual(refusals({ gpuSettings: { lockedGpuClock: 1401 } }, { cards: { [GPU]: untold } }), []);
  });

  it("is persistence without systemd", () => {
    only(refusals({}, { init: "other" }), /^persistent: .*systemd.*set persistent to false/);
    assert.deepEqual(refusals({ persistent: false }, { init: "other" }), []);
  });

  it("is told all at once", () => {
    const paths = judged(
      {
        nics: [ROCE, "0000:99:00.0"],
        nicSettings: { rxRing: 9999, mtu: 9999 },
        sysctls: { "a.b": "1" },
        gpus: ["0000:98:00.0"],
      },
      { adapters: { [ROCE]: adapter({ mtuMax: 9000 }) }, missingSysctls: ["a.b"], init: "other" },
    ).refusals.map(({ path }) => path);
    assert.deepEqual(paths, [
      "nics[1]",
      "nicSettings.mtu",
      "nicSettings.rxRing",
      'sysctls["a.b"]',
      "gpus[0]",
      "persistent",
    ]);
  });

  it("is not what is unknown", () => {
    const unknown = new Unknown("number") as never;
    assert.deepEqual(
      refusals({ nicSettings: { rxRing: unknown, mtu: unknown }, gpuSettings: { lockedGpuClock: unknown } }),
      [],
    );
    assert.deepEqual(refusals({ interfaces: { [VIRTIO]: { mtu: unknown } } }), []);
    assert.deepEqual(refusals({ nics: [unknown], gpus: unknown, persistent: unknown }, { init: "other" }), []);
  });
});

describe("what a user is to know of", () => {
  it("is an RDMA adapter that is left alone, and that none is tuned", () => {
    const { warnings } = judged({}, { adapters: { [ROCE]: adapter({ carriesRoute: true }) } });
    assert.equal(warnings.length, 2);
    assert.match(warnings[0] ?? "", /0000:23:00\.0 \(enp35s0np0\) is left as it is: .*name it in nics/);
    assert.match(warnings[1] ?? "", /no network adapter is tuned/);
    only(judged({}, { adapters: {} }).warnings, /no network adapter is tuned.*mlx5_ib/);
    assert.deepEqual(judged({ nics: "none" }, { adapters: {} }).warnings, []);
  });

  it("is what adapters and cards do not support, and why", () => {
    only(
      judged({}, { adapters: { [ROCE]: ringless({ driver: "virtio-pci", mtuMax: 1500 }) } }).warnings,
      /left out are mtu \(its interface takes an MTU of 1500 at most\), rxRing \(its driver has no ring sizes\), txRing/,
    );
    const unsupported = { lockedMemoryClock: "Setting locked memory clocks is not supported" };
    only(
      judged({}, { cards: { [GPU]: card({ unsupported }) }, gpuAddresses: [GPU] }).warnings,
      /GPU 0000:17:00\.0 .* does not support lockedMemoryClock \(Setting locked memory clocks is not supported\): left out/,
    );
    only(judged({}, { cards: { [GPU]: card({}) } }).warnings, /GPU 0000:18:00\.0 is left as it is/);
    const { maxGraphicsClock: _clock, supportedClocks: _table, ...untold } = card({});
    const silent = { cards: { [GPU]: untold }, gpuAddresses: [GPU] };
    only(
      judged({}, silent).warnings,
      /does not tell its highest clocks: left out are applicationClocks, lockedGpuClock$/,
    );
    only(
      refusals({ gpuClocks: { [GPU]: { lockedGpuClock: "max" } } }, silent),
      /^gpuClocks\["0000:17:00\.0"\]\.lockedGpuClock: .*name a clock/,
    );
  });

  it("is what GPUDirect RDMA lacks", () => {
    const report = { ...system().report, problems: ["no NVIDIA kernel driver is loaded"] };
    only(judged({}, { report }).warnings, /^GPUDirect RDMA: no NVIDIA kernel driver is loaded$/);
  });
});

describe("inputs that contradict themselves", () => {
  it("are told by their paths", () => {
    const problems = checkTuning({
      nics: [ROCE, VIRTIO, ROCE],
      gpus: [GPU, GPU],
      nicSettings: { trust: "pcp", dscpPriorities: { "26": 3 } },
      interfaces: { [ROCE]: { trust: "pcp", dscpPriorities: { "26": 3 } } },
      sysctls: { "net.core.rmem_max": "1", "net/core/rmem_max": "2" },
    });
    assert.deepEqual(
      problems.map(({ path }) => path),
      [
        "nics[2]",
        "gpus[1]",
        "nicSettings.dscpPriorities",
        'interfaces["0000:23:00.0"].dscpPriorities',
        'sysctls["net/core/rmem_max"]',
      ],
    );
  });
  it("are none of those with defaults", () => {
    assert.deepEqual(checkTuning(inputs()), []);
    assert.deepEqual(checkTuning({}), []);
  });
});
