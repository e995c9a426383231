import type { DebianGuest } from "./debian-guest";
import { liveNetwork } from "./live-network";

/** What tuning must leave alone: names, MAC addresses, addresses and leases, routes, and the way that SSH takes. */
export async function networkIdentity(guest: DebianGuest): Promise<object> {
  const { interfaces, routes } = await liveNetwork(guest);
  const cameFrom = "ip -o route get $(echo $SSH_CONNECTION | cut -d ' ' -f 1) | sed 's/ *cache.*//'";
  const lease = await guest.run(`ip -br -4 address show dynamic | tr -s ' '; ${cameFrom}`);
  return {
    nics: interfaces.map(({ name, mac, pciAddress, driver, addresses }) => [name, mac, pciAddress, driver, addresses]),
    routes,
    lease,
  };
}
