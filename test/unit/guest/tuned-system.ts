import { withProfile } from "../../../core/guest/profile";
import { resolveSettings } from "../../../core/guest/resolve";
import type { AdapterFacts, GpuFacts } from "../../../core/guest/settings";
import type { ObservedTuning, TuningInputs } from "../../../core/guest/tuning-shape";

export const ROCE = "0000:23:00.0";
export const INFINIBAND = "0000:24:00.0";
export const VIRTIO = "0000:00:03.0";
export const GPU = "0000:17:00.0";
export const OTHER_GPU = "0000:18:00.0";

export const adapter = (facts: Partial<AdapterFacts>): AdapterFacts => ({
  interfaces: ["enp35s0np0"],
  linkLayer: "ethernet",
  driver: "mlx5_core",
  rdmaDevices: ["mlx5_0"],
  rxRingMax: 8192,
  txRingMax: 8192,
  owner: "networkd",
  carriesRoute: false,
  ...facts,
});

export const card = (facts: Partial<GpuFacts>): GpuFacts => ({
  name: "NVIDIA A100-SXM4-80GB",
  driverVersion: "535.104.05",
  index: 0,
  maxMemoryClock: 1593,
  maxGraphicsClock: 1410,
  supportedClocks: { "1593": "1410-210/15", "1215": "1200-210/15" },
  unsupported: {},
  ...facts,
});

const OTHER_CARD: Partial<GpuFacts> = {
  index: 1,
  maxMemoryClock: 2619,
  maxGraphicsClock: 1980,
  supportedClocks: { "2619": "1980-210/15" },
};

/** A guest with a RoCE and an InfiniBand adapter, a virtio NIC that carries the default route, and two GPUs. */
export const system = (facts: Partial<ObservedTuning> = {}): ObservedTuning => ({
  interfaces: {
    [VIRTIO]: { mtu: 1500, txQueueLength: 1000, rxRing: 256, txRing: 256 },
    [ROCE]: { mtu: 1500, txQueueLength: 1000, rxRing: 1024, txRing: 1024, maxReadRequest: 512 },
    [INFINIBAND]: { mtu: 2044, txQueueLength: 256, maxReadRequest: 512 },
  },
  sysctls: {},
  gpuClocks: {},
  persistent: false,
  atBoot: {},
  adapters: {
    [VIRTIO]: adapter({
      interfaces: ["ens3"],
      driver: "virtio-pci",
      rdmaDevices: [],
      rxRingMax: 256,
      txRingMax: 256,
      noReadRequest: "it has no PCI Express capability",
      carriesRoute: true,
    }),
    [ROCE]: adapter({}),
    [INFINIBAND]: adapter({
      interfaces: ["ibp36s0"],
      linkLayer: "infiniband",
      rdmaDevices: ["mlx5_1"],
      mtuMax: 4092,
    }),
  },
  cards: { [GPU]: card({}), [OTHER_GPU]: card(OTHER_CARD) },
  gpuAddresses: [GPU, OTHER_GPU],
  missingPrograms: ["mlnx_qos"],
  missingSysctls: [],
  init: "systemd",
  damaged: [],
  report: { peerMemory: "dma-buf", fabricManager: "not needed", memlockKiB: "unlimited", problems: [] },
  ...facts,
});

/** Of a driver that has no ring sizes, or as it looks where ethtool is missing. */
export function ringless(facts: Partial<AdapterFacts> = {}): AdapterFacts {
  const { rxRingMax: _rx, txRingMax: _tx, ...others } = adapter(facts);
  return others;
}

/** Inputs as the provider has them once the profile is filled in. */
export function inputs(own: Partial<TuningInputs> = {}): TuningInputs {
  const all: TuningInputs = {
    profile: "gpudirect",
    nics: "rdma",
    nicSettings: {},
    interfaces: {},
    sysctls: {},
    gpus: "all",
    gpuSettings: {},
    gpuClocks: {},
    persistent: true,
    ...own,
  };
  return { ...all, ...withProfile(all) };
}

export const resolved = (own: Partial<TuningInputs> = {}, facts: Partial<ObservedTuning> = {}): TuningInputs =>
  resolveSettings(system(facts), inputs(own));
