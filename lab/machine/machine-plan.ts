import type { PciDevice } from "../../core/topology/model";

/** The simulated machine that a host file asks for: its PCI tree and NUMA nodes, before any BIOS setting or fault. */
export interface MachinePlan {
  /** Root complexes in the order of the host file. */
  readonly roots: readonly PlannedRoot[];
  /** Functions in the order in which QEMU is told of them: each after its parent, by slot and function. */
  readonly functions: readonly PlannedFunction[];
  /** By number in the simulated machine, 0 upwards without a gap. */
  readonly nodes: readonly PlannedNode[];
  /**
   * Host file address to address in the simulated machine, of root complexes (`0000:15`) and functions
   * (`0000:15:01.0`), as firmware deals bus numbers when nothing has vanished.
   */
  readonly addresses: ReadonlyMap<string, string>;
  /** What of the host file the simulated machine has otherwise, a sentence each. */
  readonly notes: readonly string[];
}

export interface PlannedRoot {
  /** Host file address: `0000:15`. */
  readonly address: string;
  /** QEMU id of the expander bus; also the name of its bus. */
  readonly id: string;
  /** Root bus number in the simulated machine. */
  readonly bus: number;
  /** Number of a planned node; absent where the host file gives none. */
  readonly node?: number;
  /** Place of the expander bridge on QEMU's own root bus, pcie.0. */
  readonly place: Place;
}

export interface Place {
  readonly slot: number;
  readonly function: number;
}

/**
 * QEMU's device for a function. Expander buses take bridges alone (QEMU hw/pci/pci.c, do_pci_register_device), so an
 * endpoint on a root bus is a pcie-pci-bridge in which the registers library hides the bridge.
 */
export type StandIn =
  | "pcie-root-port"
  | "x3130-upstream"
  | "xio3130-downstream"
  | "pcie-pci-bridge"
  | "pci-bridge"
  | "virtio-rng-pci";

export interface PlannedFunction {
  /** The host file's function, without what is behind it. */
  readonly device: Omit<PciDevice, "children">;
  /** QEMU id, made from the host file's address: `f0000-18-00-0`. */
  readonly id: string;
  readonly standIn: StandIn;
  /** Host file address of the bridge above; absent on a root bus. */
  readonly parent?: string;
  /** Host file address of the root complex. */
  readonly root: string;
  readonly place: Place;
  /** Whether function 0 must say that there are others. */
  readonly multifunction: boolean;
  /** Whether the function has a PCI Express capability and 4096 bytes of config space. */
  readonly express: boolean;
  /** Unique number of the port; functions that are no bridge have none. */
  readonly port?: number;
}

export interface PlannedNode {
  /** Number in the host file. */
  readonly hostNode: number;
  /** Whether the host file gives the node CPUs, memory. */
  readonly cpus: boolean;
  readonly memory: boolean;
  /** To each planned node in order; absent where the host file has no distances. */
  readonly distances?: readonly number[];
}
