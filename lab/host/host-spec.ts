import { readFileSync } from "node:fs";
import type { HostTopology } from "../../core/topology/model";
import type { FlavourName } from "../bmc/flavours";
import { writeAtomically } from "./write-atomically";

/** What a lab host is made from, chosen once at `up`. */
export interface HostSpec {
  readonly name: string;
  readonly topology: HostTopology;
  /** Whose BMC and BIOS it has. */
  readonly flavour: FlavourName;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly accelerator: "tcg" | "kvm";
  readonly sshPort: number;
  readonly bmcPort: number;
  /** Disk image below the host's own disk. */
  readonly image: string;
  /** Library that QEMU is started with for server hardware's registers. */
  readonly registerLibrary: string;
  /** Parameters of the NICs' firmware. */
  readonly parameterTable: string;
  readonly uuid: string;
  readonly serialNumber: string;
}

export function readSpec(path: string): HostSpec {
  return JSON.parse(readFileSync(path, "utf8")) as HostSpec;
}

export function writeSpec(path: string, spec: HostSpec): void {
  writeAtomically(path, `${JSON.stringify(spec, undefined, 1)}\n`);
}
