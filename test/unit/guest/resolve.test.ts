import assert from "node:assert/strict";
import { Unknown } from "../../../core/diff/unknown";
import { withProfile } from "../../../core/guest/profile";
import { resolveSettings } from "../../../core/guest/resolve";
import type { TuningInputs } from "../../../core/guest/tuning-shape";
import {
  adapter,
  card,
  GPU,
  INFINIBAND,
  inputs,
  OTHER_GPU,
  ROCE,
  resolved,
  ringless,
  system,
  VIRTIO,
} from "./tuned-system";

describe("settings as a system takes them", () => {
  it("are those of RDMA adapters that carry no route, and of all GPUs", () => {
    assert.deepEqual(Object.keys(resolved().interfaces), [ROCE, INFINIBAND]);
    assert.deepEqual(Object.keys(resolved().gpuClocks), [GPU, OTHER_GPU]);
    const busy = { adapters: { [ROCE]: adapter({ carriesRoute: true }), [INFINIBAND]: adapter({}) } };
    assert.deepEqual(Object.keys(resolved({}, busy).interfaces), [INFINIBAND]);
  });

  it("give InfiniBand no MTU and no QoS", () => {
    const nicSettings = { trust: "dscp" as const, pfcPriorities: [3], dscpPriorities: { "26": 3 } };
    assert.deepEqual(resolved({ nicSettings }).interfaces[INFINIBAND], {
      txQueueLength: 10_000,
      rxRing: 8192,
      txRing: 8192,
      maxReadRequest: 4096,
    });
    assert.equal(resolved({ nicSettings }).interfaces[ROCE]?.trust, "dscp");
  });

  it("leave out what an adapter has not: rings, MaxReadReq, an interface, an MTU as large as the profile's", () => {
    const { interfaces } = resolved({}, { adapters: { [ROCE]: ringless() } });
    assert.deepEqual(interfaces[ROCE], { mtu: 9000, txQueueLength: 10_000, maxReadRequest: 4096 });
    const lacking = (facts: object) => resolved({}, { adapters: { [ROCE]: adapter(facts) } }).interfaces[ROCE];
    assert.equal(lacking({ noReadRequest: "it has no PCI Express capability" })?.maxReadRequest, undefined);
    assert.deepEqual(lacking({ interfaces: [], linkLayer: "none" }), { maxReadRequest: 4096 });
    assert.equal(lacking({ mtuMax: 3498 })?.mtu, undefined);
    assert.equal(lacking({ mtuMax: 9000 })?.mtu, 9000);
  });

  it("take the largest ring that vmxnet3 has at the MTU that is to be, not the one that it reports", () => {
    const facts = { driver: "vmxnet3", rxRingMax: 4096, txRingMax: 4096 };
    const rings = (mtu: number) => {
      const { interfaces } = resolved({ nicSettings: { mtu } }, { adapters: { [ROCE]: adapter(facts) } });
      return [interfaces[ROCE]?.rxRing, interfaces[ROCE]?.txRing];
    };
    assert.deepEqual([1500, 3050, 3051, 9000].map(rings), [
      [4096, 4096],
      [4096, 4096],
      [4096, 4096],
      [4032, 4096],
    ]);
  });

  it("take a single adapter's entry before those of all, and of an adapter that is not among them alone", () => {
    const { interfaces } = resolved({
      nicSettings: { mtu: 4200 },
      interfaces: { [ROCE]: { mtu: 8000, rxRing: "max" }, [VIRTIO]: { txQueueLength: 500 } },
    });
    assert.deepEqual(interfaces[ROCE], {
      mtu: 8000,
      txQueueLength: 10_000,
      rxRing: 8192,
      txRing: 8192,
      maxReadRequest: 4096,
    });
    assert.deepEqual(interfaces[VIRTIO], { txQueueLength: 500 });
  });

  it("leave priorities of DSCPs alone that nobody names", () => {
    const now = { interfaces: { [ROCE]: { dscpPriorities: { "0": 0, "26": 0 } } } };
    const own = { interfaces: { [ROCE]: { dscpPriorities: { "26": 3 } } } };
    assert.deepEqual(resolved(own, now).interfaces[ROCE]?.dscpPriorities, { "0": 0, "26": 3 });
  });

  it("leave out what a GPU does not support, also where it is named for it", () => {
    const unsupported = { lockedMemoryClock: "not on this card" };
    const cards = { [GPU]: card({ unsupported }), [OTHER_GPU]: card({}) };
    const { gpuClocks } = resolved(
      { gpuClocks: { [GPU]: { lockedMemoryClock: 1593, lockedGpuClock: 1200 } } },
      { cards },
    );
    assert.deepEqual(gpuClocks[GPU], {
      persistence: true,
      applicationClocks: "1593,1410",
      lockedGpuClock: 1200,
      cudaClocks: true,
    });
    assert.equal(gpuClocks[OTHER_GPU]?.lockedMemoryClock, 1593);
  });

  it("leave max out for a GPU that reports no clocks", () => {
    const { maxMemoryClock: _memory, maxGraphicsClock: _graphics, ...facts } = card({});
    const { gpuClocks } = resolved({}, { cards: { [GPU]: facts } });
    assert.deepEqual(gpuClocks[GPU], { persistence: true, cudaClocks: true });
  });

  it("leave out parameters of the profile that the kernel lacks, and keep one that the user names", () => {
    const missingSysctls = ["net.ipv4.tcp_low_latency", "net.mine"];
    const { sysctls } = resolved({ sysctls: { "net.mine": "1" } }, { missingSysctls });
    assert.equal(sysctls["net.ipv4.tcp_low_latency"], undefined);
    assert.equal(sysctls["net.mine"], "1");
    const own = resolved({ sysctls: { "net.ipv4.tcp_low_latency": "0" } }, { missingSysctls });
    assert.equal(own.sysctls["net.ipv4.tcp_low_latency"], "0");
  });

  it("are the same when resolved again", () => {
    const once = resolved({ interfaces: { [ROCE]: { rxRing: "max", dscpPriorities: { "26": 3 } } } });
    assert.deepEqual(resolveSettings(system(), once), once);
  });

  it("keep what is unknown, and resolve the rest", () => {
    const unknown = (type: "string" | "number" | "object" | "array") => new Unknown(type) as never;
    const isUnknown = (value: unknown) => value instanceof Unknown;
    const mtu = unknown("number");
    const some = resolveSettings(system(), { ...inputs(), nicSettings: { mtu, rxRing: "max" } });
    assert.deepEqual([some.interfaces[ROCE]?.mtu, some.interfaces[ROCE]?.rxRing], [mtu, 8192]);
    const nics = resolveSettings(system(), { ...inputs(), nics: unknown("array"), gpus: unknown("array") });
    assert.ok(isUnknown(nics.interfaces) && isUnknown(nics.gpuClocks), "nothing shows as taken out");
    const one = resolveSettings(system(), { ...inputs(), nics: [ROCE, unknown("string")] });
    assert.ok(isUnknown(one.interfaces) && !isUnknown(one.gpuClocks));
    const own = unknown("object");
    for (const field of ["interfaces", "gpuClocks", "sysctls", "nicSettings", "gpuSettings"] as const) {
      assert.equal(resolveSettings(system(), { ...inputs(), [field]: own })[field], own);
    }
    const entry = resolveSettings(system(), { ...inputs(), interfaces: { [ROCE]: own } });
    assert.equal(entry.interfaces[ROCE], own);
  });

  it("are only those that are named where the profile is none", () => {
    const none: Partial<TuningInputs> = { profile: "none", nicSettings: { mtu: 9000 } };
    const { interfaces, gpuClocks, sysctls } = resolved(none);
    assert.deepEqual(interfaces, { [ROCE]: { mtu: 9000 }, [INFINIBAND]: {} });
    assert.deepEqual([gpuClocks, sysctls], [{ [GPU]: {}, [OTHER_GPU]: {} }, {}]);
  });
});

describe("the profile", () => {
  it("fills what is known, beside what the user names", () => {
    assert.deepEqual(withProfile({ profile: "none", nicSettings: {} }), {});
    assert.deepEqual(withProfile({ nicSettings: {} }), {}, "an unknown profile fills nothing");
    assert.deepEqual(Object.keys(withProfile({ profile: "gpudirect", sysctls: {} })), ["sysctls"]);
    const { nicSettings, gpuSettings } = withProfile({
      profile: "gpudirect",
      nicSettings: { mtu: 1500 },
      gpuSettings: { persistence: false },
    });
    assert.deepEqual([nicSettings?.mtu, nicSettings?.txQueueLength], [1500, 10_000]);
    assert.deepEqual([gpuSettings?.persistence, gpuSettings?.cudaClocks], [false, true]);
  });
});
