/**
 * What the BIOS settings in force make of the hardware, whatever a vendor calls them. The BMC turns its attributes into
 * these at each power-on self-test; the machine is built from them.
 */
export interface BiosEffects {
  /** VMX or SVM: off, the CPUs do not offer it and there is no /dev/kvm. */
  readonly virtualization: boolean;
  /** VT-d or AMD-Vi: off, there is no DMAR table and there are no IOMMU groups. */
  readonly iommu: boolean;
  /** Off, root ports and switch ports have no ACS capability. */
  readonly acs: boolean;
  /** Off, no function has an SR-IOV capability. */
  readonly sriov: boolean;
  /** MaxReadReq that functions come up with, in bytes. */
  readonly maxReadRequest: MaxReadRequest;
  /** Off, no BAR lies above 4 GiB. */
  readonly aboveFourG: boolean;
}

/** Device Control register, bits 14:12 (PCI Express base specification, 7.5.3.4): 128 bytes shifted left by 0 to 5. */
export const MAX_READ_REQUESTS = [128, 256, 512, 1024, 2048, 4096] as const;
export type MaxReadRequest = (typeof MAX_READ_REQUESTS)[number];

/** How a server comes out of the factory, in this lab: everything that virtual machines need is on. */
export const FACTORY_BIOS_EFFECTS: BiosEffects = {
  virtualization: true,
  iommu: true,
  acs: true,
  sriov: true,
  maxReadRequest: 512,
  aboveFourG: true,
};
