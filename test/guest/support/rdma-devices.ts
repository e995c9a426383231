import type { DebianGuest } from "./debian-guest";
import { DATA, type GuestInterface } from "./interfaces";

/** Software RDMA devices of the data NICs, by NIC: neither their names nor the order they are made in is that of the bus. */
export const RXE: readonly { readonly device: string; readonly nic: GuestInterface }[] = [
  { device: "rxe0", nic: DATA[1] },
  { device: "rxe1", nic: DATA[2] },
  { device: "rxe2", nic: DATA[0] },
];

/** Makes them (rdma_rxe); a boot forgets them. Each has a GID of its link-local address at 0, and of IPv4 at 1. */
export async function addRdmaDevices(guest: DebianGuest): Promise<void> {
  const add = RXE.map(
    ({ device, nic }) =>
      `[ -e /sys/class/infiniband/${device} ] || rdma link add ${device} type rxe netdev ${nic.name}`,
  );
  await guest.run(["set -e", "modprobe rdma_rxe", ...add].join("\n"));
}
