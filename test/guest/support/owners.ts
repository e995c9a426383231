import { DATA, type GuestInterface, MANAGEMENT, ROUTE } from "./interfaces";

/** Who owns the network of a guest. */
export type NetworkOwner = "networkd" | "netplan" | "NetworkManager" | "ifupdown";
export const NETWORK_OWNERS: readonly NetworkOwner[] = ["networkd", "netplan", "NetworkManager", "ifupdown"];

/** A file of the guest's own. */
export interface GuestFile {
  readonly path: string;
  readonly text: string;
  /** 0644 without it. */
  readonly mode?: number;
}

/** What makes a guest one of that owner, as an installation of it does. */
export interface OwnerSetup {
  readonly files: readonly GuestFile[];
  /** Units that the package enables where it is the only owner. */
  readonly services: readonly string[];
}

const routeOf = (nic: GuestInterface): typeof ROUTE | undefined => (nic === ROUTE.device ? ROUTE : undefined);

const networkd: OwnerSetup = {
  files: [
    { path: "etc/systemd/network/10-management.network", text: networkdFile(MANAGEMENT.name, ["DHCP=yes"]) },
    ...DATA.map((nic, index) => ({
      path: `etc/systemd/network/20-data${index}.network`,
      text: networkdFile(nic.name, [`Address=${nic.address}`], routeOf(nic)),
    })),
  ],
  services: ["systemd-networkd.service"],
};

function networkdFile(name: string, network: readonly string[], route?: typeof ROUTE): string {
  const sections = [`[Match]\nName=${name}`, `[Network]\n${network.join("\n")}`];
  if (route) sections.push(`[Route]\nDestination=${route.to}\nGateway=${route.via}`);
  return `${sections.join("\n\n")}\n`;
}

/** Nothing to enable: netplan's generator starts networkd where there is a file of netplan's. */
const netplan: OwnerSetup = {
  files: [{ path: "etc/netplan/01-netcfg.yaml", mode: 0o600, text: netplanFile() }],
  services: [],
};

function netplanFile(): string {
  const lines = ["network:", "  version: 2", "  renderer: networkd", "  ethernets:"];
  lines.push(`    ${MANAGEMENT.name}:`, "      dhcp4: true");
  for (const nic of DATA) {
    lines.push(`    ${nic.name}:`, "      addresses:", `        - ${nic.address}`);
    const route = routeOf(nic);
    if (route) lines.push("      routes:", `        - to: ${route.to}`, `          via: ${route.via}`);
  }
  return `${lines.join("\n")}\n`;
}

const FIRST_METRIC = 201;
const networkManager: OwnerSetup = {
  files: [
    profile("management", MANAGEMENT, "b3f5a1d0-0000-4000-8000-000000000000", ["method=auto"]),
    ...DATA.map((nic, index) => {
      const route = routeOf(nic);
      const routes = route ? [`route1=${route.to},${route.via}`] : [];
      // Without a metric of its own a connection gets one by when it came up.
      const lines = [`address1=${nic.address}`, "method=manual", `route-metric=${FIRST_METRIC + index}`, ...routes];
      return profile(`data${index}`, nic, `b3f5a1d0-0000-4000-8000-00000000000${index + 1}`, lines);
    }),
  ],
  services: ["NetworkManager.service"],
};

function profile(id: string, nic: GuestInterface, uuid: string, ipv4: readonly string[]): GuestFile {
  const connection = [`id=${id}`, `uuid=${uuid}`, "type=ethernet", `interface-name=${nic.name}`];
  const sections = { connection, ethernet: [], ipv4, ipv6: ["addr-gen-mode=default", "method=auto"], proxy: [] };
  const text = Object.entries(sections).map(([name, lines]) => [`[${name}]`, ...lines, ""].join("\n"));
  return {
    path: `etc/NetworkManager/system-connections/${id}.nmconnection`,
    text: text.join("\n"),
    // Another mode, and NetworkManager ignores it.
    mode: 0o600,
  };
}

const ifupdown: OwnerSetup = {
  files: [{ path: "etc/network/interfaces", text: interfacesFile() }],
  services: ["networking.service"],
};

function interfacesFile(): string {
  const stanzas = [
    "source /etc/network/interfaces.d/*",
    "auto lo\niface lo inet loopback",
    // As Debian's installer writes it for the NIC that it has used.
    `allow-hotplug ${MANAGEMENT.name}\niface ${MANAGEMENT.name} inet dhcp`,
    ...DATA.map((nic) => {
      const route = routeOf(nic);
      const up = route ? [`    up ip route add ${route.to} via ${route.via} dev ${nic.name}`] : [];
      return [`auto ${nic.name}`, `iface ${nic.name} inet static`, `    address ${nic.address}`, ...up].join("\n");
    }),
  ];
  return `${stanzas.join("\n\n")}\n`;
}

export const OWNER_SETUPS: Readonly<Record<NetworkOwner, OwnerSetup>> = {
  networkd,
  netplan,
  NetworkManager: networkManager,
  ifupdown,
};
