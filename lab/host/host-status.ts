import type { PowerState } from "../bmc/managed-system";

/** What a lab host is and how it is reached: what `status` shows. */
export interface HostStatus {
  readonly name: string;
  readonly power: PowerState;
  /** Starts of the machine so far, warm ones too. */
  readonly starts: number;
  readonly product: string;
  readonly flavour: string;
  readonly accelerator: "tcg" | "kvm";
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly ssh: {
    readonly address: string;
    readonly port: number;
    readonly user: string;
    readonly keyFile: string;
    readonly hostKey: string;
    readonly configFile: string;
  };
  readonly bmc: {
    readonly address: string;
    readonly user: string;
    readonly passwordFile: string;
    readonly certificateFile: string;
    readonly certificateSha256: string;
  };
  readonly serialLog: string;
  readonly snapshots: readonly string[];
  /** Process of QEMU; 0 while the host is off. */
  readonly machinePid: number;
  readonly keeperPid: number;
  /** Host file address → address in the simulated host, where they differ. */
  readonly movedAddresses: Readonly<Record<string, string>>;
  /** What of the host file the simulated machine has otherwise, a sentence each. */
  readonly notes: readonly string[];
  /** The whole map. */
  readonly addresses: Readonly<Record<string, string>>;
}
