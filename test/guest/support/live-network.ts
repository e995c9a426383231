import type { DebianGuest } from "./debian-guest";

/** A NIC as the guest's kernel has it. */
export interface LiveInterface {
  readonly name: string;
  readonly mac: string;
  readonly pciAddress: string;
  readonly driver: string;
  readonly mtu: number;
  /** The queue's length, `txqueuelen`. */
  readonly txQueueLength: number;
  /** IPv4, with prefix length. */
  readonly addresses: readonly string[];
}

export interface LiveNetwork {
  readonly interfaces: readonly LiveInterface[];
  /** IPv4, as `ip route` prints them. */
  readonly routes: readonly string[];
}

/** `ip -json address` (iproute2 ip/ipaddress.c), as far as it is read here. */
interface Link {
  readonly ifname: string;
  readonly address: string;
  readonly mtu: number;
  readonly txqlen?: number;
  readonly addr_info: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[];
}

const MARK = "@@";
/** A NIC's function and driver; of virtio the function is what the device of the NIC is a child of. */
const DEVICES = `for nic in /sys/class/net/*; do
  [ ! -e "$nic/device" ] || echo "\${nic##*/} $(basename "$(readlink "$nic/device/driver")") $(readlink -f "$nic/device")"
done`;

/** The NICs that are devices, in the order of their PCI addresses, and the routes. */
export async function liveNetwork(guest: DebianGuest): Promise<LiveNetwork> {
  const script = ["ip -json address", DEVICES, "ip -4 route"].join(`\necho ${MARK}\n`);
  const [links = "", devices = "", routes = ""] = (await guest.run(script)).split(`${MARK}\n`);
  const byName = new Map((JSON.parse(links) as Link[]).map((link) => [link.ifname, link]));
  const interfaces = lines(devices).map((line): LiveInterface => {
    const [name = "", driver = "", path = ""] = line.split(" ");
    const link = byName.get(name);
    if (!link) throw new Error(`${guest.name} has ${name} in sysfs alone:\n${links}`);
    return {
      name,
      mac: link.address,
      pciAddress: path.match(/[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]/g)?.at(-1) ?? "",
      driver,
      mtu: link.mtu,
      txQueueLength: link.txqlen ?? 0,
      addresses: link.addr_info.filter(({ family }) => family === "inet").map((one) => `${one.local}/${one.prefixlen}`),
    };
  });
  interfaces.sort((a, b) => a.pciAddress.localeCompare(b.pciAddress));
  return {
    interfaces,
    routes: lines(routes)
      .map((line) => line.trim())
      .sort(),
  };
}

const lines = (text: string): string[] => text.split("\n").filter(Boolean);
