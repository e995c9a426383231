/** A NIC of a test guest, as its hardware and its configuration have it. */
export interface GuestInterface {
  /** As systemd names it by its place. */
  readonly name: string;
  readonly mac: string;
  readonly pciAddress: string;
  readonly driver: "vmxnet3" | "virtio_net";
  /** With prefix length; of the management NIC it is what the lease says. */
  readonly address: string;
}

/** The largest rings of QEMU's devices (`ethtool -g`), which no NIC can be asked to exceed. */
export const RING_MAXIMA = {
  vmxnet3: { rx: 4096, tx: 4096 },
  virtio_net: { rx: 256, tx: 256 },
} as const;

/** Reached by SSH; its address comes by DHCP. */
export const MANAGEMENT: GuestInterface = {
  name: "enp1s0",
  mac: "52:54:00:67:00:01",
  pciAddress: "0000:01:00.0",
  driver: "virtio_net",
  address: "10.0.2.15/24",
};

/** The NICs to tune, as a host passes them through, with static addresses. They are on one segment of their own. */
export const DATA: readonly [GuestInterface, GuestInterface, GuestInterface] = [
  {
    name: "enp2s0",
    mac: "52:54:00:67:01:01",
    pciAddress: "0000:02:00.0",
    driver: "vmxnet3",
    address: "192.168.101.10/24",
  },
  {
    name: "enp3s0",
    mac: "52:54:00:67:01:02",
    pciAddress: "0000:03:00.0",
    driver: "vmxnet3",
    address: "192.168.102.10/24",
  },
  {
    name: "enp4s0",
    mac: "52:54:00:67:01:03",
    pciAddress: "0000:04:00.0",
    driver: "virtio_net",
    address: "192.168.103.10/24",
  },
];

/** The static route, over the first data NIC. */
export const ROUTE = { to: "10.66.0.0/16", via: "192.168.101.1", device: DATA[0] } as const;
