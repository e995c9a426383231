import type { GuestInterface } from "./interfaces";

/** What changes a setting of a NIC behind the provider's back, by the setting. */
export const NIC_DRIFT: Readonly<Record<string, (nic: GuestInterface) => string>> = {
  mtu: ({ name }) => `ip link set ${name} mtu 1400`,
  txQueueLength: ({ name }) => `ip link set ${name} txqueuelen 500`,
  rxRing: ({ name }) => `ethtool -G ${name} rx 128`,
  txRing: ({ name }) => `ethtool -G ${name} tx 128`,
  maxReadRequest: ({ pciAddress }) => `setpci -s ${pciAddress} CAP_EXP+8.w=1000:7000`,
};

/** How a preview names the change of a NIC's setting. */
export const driftPath = ({ pciAddress }: GuestInterface, setting: string): string =>
  `update interfaces["${pciAddress}"].${setting}`;
