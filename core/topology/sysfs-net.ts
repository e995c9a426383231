import { baseName, functionOfPath, type ProbeSections } from "./probe-sections";
import { defaultRouteDevices, parseRoutes, parseTableRoutes, routeDevices, sessionDevices } from "./sysfs-routes";

/**
 * USB network drivers by which BMCs offer a NIC to their host (linux drivers/net/usb; the host interface of DMTF DSP0270
 * is such a USB NIC on most servers).
 */
const USB_NIC_DRIVERS = new Set(["cdc_ether", "cdc_ncm", "cdc_eem", "cdc_subset", "rndis_host"]);

/** Open vSwitch's datapath in the kernel: every port of every switch is below it (linux net/openvswitch/vport-netdev.c). */
const OVS_DATAPATH = "ovs-system";

/**
 * PCI functions that the host is reached by: those of the default routes, of the routes to both ends of the SSH connection
 * that the probe came by, and of the device that holds the near end's address, in a VRF too; through bonds, bridges, VLANs,
 * and to the physical function of a virtual one. Which ports an internal device of Open vSwitch leads to is decided by flows,
 * so all of them count.
 */
export function routeFunctions(probe: ProbeSections, physical: ReadonlyMap<string, string>): Set<string> {
  const links = probe.links("net-links");
  const routes = parseRoutes(probe.lines("route4"), probe.lines("route6"));
  const [client = "", , server = ""] = (probe.text("ssh") ?? "").split(" ");
  const functions = new Set<string>();
  const seen = new Set<string>();
  const collect = (device: string) => {
    if (seen.has(device)) return;
    seen.add(device);
    const address = functionOfPath(links.get(device) ?? "");
    if (address !== undefined) {
      functions.add(address);
      const owner = physical.get(address);
      if (owner !== undefined) functions.add(owner);
    }
    const lower = [...links.keys()].filter((name) => name.startsWith(`${device}/lower_`));
    for (const name of lower) collect(baseName(name).slice("lower_".length));
    const isVirtual = address === undefined && links.has(device) && lower.length === 0;
    if (isVirtual && links.has(OVS_DATAPATH)) collect(OVS_DATAPATH);
  };
  const tables = [
    ...parseTableRoutes(probe.lines("table-routes4"), 4),
    ...parseTableRoutes(probe.lines("table-routes6"), 6),
  ].filter(({ device }) => device !== "lo");
  const ways = tables.filter(({ table, isLocal }) => table === "main" && !isLocal);
  for (const device of defaultRouteDevices([...routes, ...ways])) collect(device);
  for (const device of sessionDevices(tables, server, client)) collect(device);
  for (const end of [server, client]) for (const device of routeDevices(routes, end)) collect(device);
  return functions;
}

/** PCI functions of the USB controllers behind which a BMC's USB NIC is. */
export function bmcFunctions(probe: ProbeSections): Set<string> {
  const links = probe.links("net-links");
  const functions = new Set<string>();
  for (const [name, target] of links) {
    if (!name.endsWith("/device/driver") || !USB_NIC_DRIVERS.has(baseName(target))) continue;
    const path = links.get(name.slice(0, name.indexOf("/"))) ?? "";
    const address = path.includes("/usb") ? functionOfPath(path) : undefined;
    if (address !== undefined) functions.add(address);
  }
  return functions;
}
