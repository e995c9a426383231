import type { Hardware } from "../hardware/hardware";
import { deviceArguments } from "./device-arguments";
import type { MachinePlan } from "./machine-plan";
import { type MachineSize, numaArguments } from "./numa-arguments";

/** How QEMU runs the CPUs: by translation, or by the kernel's virtualization. */
export type Accelerator = "tcg" | "kvm";

export interface MachineOptions extends MachineSize {
  /** Default: tcg. */
  readonly accelerator?: Accelerator;
}

/** VT-d as a server has it: interrupt remapping and ATS. Caching mode is what nested vfio needs. */
const IOMMU = "intel-iommu,intremap=on,caching-mode=on,device-iotlb=on";

/**
 * QEMU's arguments for machine, CPUs, memory, NUMA nodes, IOMMU and PCI tree. Not among them: `-accel`, disks, displays,
 * monitors, and devices on pcie.0, which give each an address in FREE_SLOTS.
 * @throws Refusal where memory or CPUs are too few
 */
export function machineArguments(plan: MachinePlan, hardware: Hardware, options: MachineOptions): string[] {
  const { bios } = hardware;
  const accelerator = options.accelerator ?? "tcg";
  return [
    "-nodefaults",
    "-machine",
    // QEMU remaps interrupts only where the interrupt controllers are its own and not the kernel's.
    accelerator === "kvm" && bios.iommu ? "q35,kernel-irqchip=split" : "q35",
    "-cpu",
    cpu(accelerator, bios.virtualization),
    ...numaArguments(plan, options),
    // More than 255 CPUs (eim): QEMU 7.2 has it under KVM alone (hw/i386/intel_iommu.c, vtd_decide_config).
    ...(bios.iommu ? ["-device", accelerator === "kvm" ? `${IOMMU},eim=on` : IOMMU] : []),
    ...deviceArguments(plan, hardware.vanished),
  ];
}

/** Five-level paging (la57) would have translated page walks take longer for nothing. */
function cpu(accelerator: Accelerator, virtualization: boolean): string {
  const model = accelerator === "kvm" ? "host" : "max,la57=off";
  return virtualization ? model : `${model},svm=off,vmx=off`;
}
