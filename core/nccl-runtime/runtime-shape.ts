import type { RdmaDevice } from "./rdma-device";

/** What is wanted of NCCL's runtime; any of it may be unknown yet. */
export interface WantedRuntime {
  readonly topology?: unknown;
  readonly topologyFile?: unknown;
  readonly environment?: unknown;
  readonly rails?: unknown;
  readonly visibleGpus?: unknown;
  readonly socketInterface?: unknown;
  readonly persistent?: unknown;
}

/** What a guest is, as far as it decides about NCCL's runtime. */
export interface RuntimeFacts {
  readonly rdmaDevices: readonly RdmaDevice[];
  readonly gpuAddresses: readonly string[];
  readonly functions: Readonly<Record<string, string>>;
  readonly networkInterfaces: readonly string[];
  readonly defaultRoute?: string | undefined;
  readonly init: "systemd" | "other";
  readonly topologyDaemon: boolean;
  readonly overriding: readonly string[];
  /** Variables as they are. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}
