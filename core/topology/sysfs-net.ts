import { baseName, functionOfPath, type ProbeSections } from "./probe-sections";
import { defaultRouteDevices, parseRoutes, routeDevices } from "./sysfs-routes";

/**
 * USB network drivers by which BMCs offer a NIC to their host (linux drivers/net/usb; the host interface of DMTF DSP0270
 * is such a USB NIC on most servers).
 */
const USB_NIC_DRIVERS = new Set(["cdc_ether", "cdc_ncm", "cdc_eem", "cdc_subset", "rndis_host"]);

/**
 * PCI functions that the host is reached by: those of the default routes, and of the routes to both ends of the SSH
 * connection that the probe came by; through bonds, bridges, VLANs, and to the physical function of a virtual one.
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
    for (const name of links.keys())
      if (name.startsWith(`${device}/lower_`)) collect(baseName(name).slice("lower_".length));
  };
  for (const device of defaultRouteDevices(routes)) collect(device);
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
