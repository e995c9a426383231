import type { GuestInterface } from "./interfaces";
import type { NetworkOwner } from "./owners";

/** networkd configures in its own time, and writes a link's file anew when it has. */
const untilConfigured = (nic: GuestInterface, action: string): string => `
file=/run/systemd/netif/links/$(cat /sys/class/net/${nic.name}/ifindex)
touch -r "$file" /run/configured-before
${action}
n=0
until [ "$file" -nt /run/configured-before ] && grep -q '^ADMIN_STATE=configured' "$file"; do
  n=$((n + 1))
  [ "$n" -lt 600 ] || { echo "networkd has not configured ${nic.name} anew"; exit 1; }
  sleep 0.1
done`;

/** What administrators type to have the owner configure a NIC anew; done when the command ends. */
export const CONFIGURE_ANEW: Readonly<Record<NetworkOwner, (nic: GuestInterface, index: number) => string>> = {
  networkd: (nic) => untilConfigured(nic, `networkctl reconfigure ${nic.name}`),
  // Restarts networkd, which leaves links alone that are as they were: so this one is configured anew too.
  netplan: (nic) => `netplan apply\n${untilConfigured(nic, `networkctl reconfigure ${nic.name}`)}`,
  NetworkManager: (_, index) => `nmcli connection down data${index} && nmcli connection up data${index}`,
  ifupdown: ({ name }) => `ifdown ${name} && ifup ${name}`,
};
