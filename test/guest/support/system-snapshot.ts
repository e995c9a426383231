import type { DebianGuest } from "./debian-guest";
import { DATA, MANAGEMENT } from "./interfaces";

/**
 * Values of all NICs, addresses, routes, parameters of the network, units, GPU state and every file that may carry settings, with
 * modes, owners and checksums. Records and locks of the provider are no settings, and
 * keys that the kernel draws at each boot are nobody's.
 */
const names = [MANAGEMENT, ...DATA].map(({ name }) => name);
const SCRIPT = `
cd /sys/class/net
grep '' ${names.map((name) => `${name}/mtu ${name}/tx_queue_len`).join(" ")}
${names.map((name) => `echo "@ ${name}"; ethtool -g ${name}`).join("\n")}
${DATA.map(({ pciAddress }) => `echo "@ ${pciAddress}"; setpci -s ${pciAddress} CAP_EXP+8.w`).join("\n")}
echo @
ip -br -4 address
ip -4 route
cd /proc/sys/net
grep -rs '' core ipv4/conf/all ipv4/conf/default ipv4/tcp_* | grep -v -e netdev_rss_key -e fastopen_key
systemctl list-unit-files --no-legend --plain '*gpudirect*'
systemctl list-units --all --no-legend --plain '*gpudirect*'
cd /
find etc usr/local var/lib/gpudirect run/gpudirect -mindepth 1 \\
  -name records -prune -o -printf '%p %M %u:%g %l\\n' -type f -fprint0 /run/snapshot-files 2> /dev/null
xargs -0 sha256sum < /run/snapshot-files
rm /run/snapshot-files
exit 0
`;

/** A system as far as tuning may change it: a line for each value or file, named by what it is of. */
export async function systemSnapshot(guest: DebianGuest): Promise<string[]> {
  let of = "";
  const lines = (await guest.run(SCRIPT)).split("\n").filter(Boolean);
  return lines
    .map((line) => {
      if (line.startsWith("@")) of = line;
      return `${of} ${line.replace(/\s+/g, " ").trim()}`;
    })
    .sort();
}
