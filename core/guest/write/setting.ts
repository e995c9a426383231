import type { Keys } from "../../diff/path";
import { sysctlFile } from "../observe-script";
import type { GpuSettings, NicSettings } from "../settings";

/** One setting of a system: where it is among the inputs, and how `set_setting` of the scripts is told of it. */
export interface Setting {
  readonly keys: Keys;
  readonly kind: "sysctl" | "interface" | "gpu";
  /** PCI address; of a kernel parameter its file below /proc/sys. */
  readonly address: string;
  readonly name: string;
}

/** Settings of an adapter in the order in which they are made: the trust state decides what mappings of DSCPs mean. */
const NIC_SETTINGS: readonly (keyof NicSettings)[] = [
  "mtu",
  "txQueueLength",
  "rxRing",
  "txRing",
  "maxReadRequest",
  "trust",
  "pfcPriorities",
  "dscpPriorities",
];
/** Settings of a GPU in the order in which they are made: without persistence the driver forgets the others. */
const GPU_SETTINGS: readonly (keyof GpuSettings)[] = [
  "persistence",
  "applicationClocks",
  "lockedGpuClock",
  "lockedMemoryClock",
  "cudaClocks",
];

/** The maps of settings, of inputs and outputs alike. */
export interface SettingMaps {
  readonly sysctls: Readonly<Record<string, string>>;
  readonly interfaces: Readonly<Record<string, NicSettings>>;
  readonly gpuClocks: Readonly<Record<string, GpuSettings>>;
}

/** Every setting that one of the maps has, in the order in which they are made. */
export function settingsOf(...maps: readonly SettingMaps[]): Setting[] {
  const names = (pick: (map: SettingMaps) => object) =>
    [...new Set(maps.flatMap((map) => Object.keys(pick(map))))].sort();
  return [
    ...names(({ sysctls }) => sysctls).map(
      (name): Setting => ({ keys: ["sysctls", name], kind: "sysctl", address: sysctlFile(name), name }),
    ),
    ...names(({ interfaces }) => interfaces).flatMap((address) =>
      NIC_SETTINGS.map((name): Setting => ({ keys: ["interfaces", address, name], kind: "interface", address, name })),
    ),
    ...names(({ gpuClocks }) => gpuClocks).flatMap((address) =>
      GPU_SETTINGS.map((name): Setting => ({ keys: ["gpuClocks", address, name], kind: "gpu", address, name })),
    ),
  ];
}

/** A value as the scripts take it: 4096, true, `3,4` of priorities, `26=3,30=3` of DSCPs; "-" for none. */
export function valueText(value: unknown): string {
  if (value === undefined) return "-";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(",");
  if (typeof value === "object" && value !== null) return mappingText(value as Record<string, number>);
  // A word that stands for a number has been resolved before anything is written.
  if (value === "max") throw new Error("a setting of max was not resolved to what the device reports");
  return String(value);
}

function mappingText(mapping: Readonly<Record<string, number>>): string {
  const dscps = Object.keys(mapping).sort((a, b) => Number(a) - Number(b));
  return dscps.length === 0 ? "-" : dscps.map((dscp) => `${dscp}=${mapping[dscp]}`).join(",");
}
