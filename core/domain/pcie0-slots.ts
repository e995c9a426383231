/**
 * Slots of pcie.0. q35 keeps 00 (host bridge) and 1d-1f (USB, LPC, SATA) for itself, libvirt 01 for a primary display;
 * the rest is shared between the root ports of disks and interfaces and the expander buses.
 */
export const FIRST_ROOT_PORT_SLOT = 0x02;
export const EXPANDER_SLOTS = { first: 0x06, last: 0x1c } as const;
