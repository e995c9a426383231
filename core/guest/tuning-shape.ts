import type { AdapterFacts, GpuDirectReport, GpuFacts, GpuSettings, NicSettings } from "./settings";

/** What of the inputs decides how a system is tuned. In a preview any value may be an unknown instead. */
export interface TuningInputs {
  readonly profile: "gpudirect" | "none";
  readonly nics: "rdma" | "none" | string[];
  readonly nicSettings: NicSettings;
  readonly interfaces: Record<string, NicSettings>;
  readonly sysctls: Record<string, string>;
  readonly gpus: "all" | "none" | string[];
  readonly gpuSettings: GpuSettings;
  readonly gpuClocks: Record<string, GpuSettings>;
  readonly persistent: boolean;
}

/** What a look at the system tells: settings under the names of the inputs, and facts. */
export interface ObservedTuning {
  readonly interfaces: Record<string, NicSettings>;
  readonly sysctls: Record<string, string>;
  readonly gpuClocks: Record<string, GpuSettings>;
  readonly persistent: boolean;
  readonly adapters: Record<string, AdapterFacts>;
  readonly cards: Record<string, GpuFacts>;
  readonly gpuAddresses: string[];
  readonly missingPrograms: string[];
  readonly missingSysctls: string[];
  readonly init: "systemd" | "other";
  readonly damaged: string[];
  readonly atBoot: Record<string, string>;
  readonly report: GpuDirectReport;
}
