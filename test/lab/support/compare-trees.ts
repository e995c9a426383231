import type { HostTopology, PciDevice } from "../../../core/topology/model";

/** What of a function has to be as in the host file. BARs, drivers, groups and what the host uses are not the lab's to copy. */
function comparable(device: PciDevice) {
  const { vendor, device: id, class: classCode, numaNode, maxLinkSpeed, maxLinkWidth, serial, port } = device;
  return {
    identity: `${vendor}:${id}:${classCode}`,
    ...(port && { port }),
    ...(numaNode !== undefined && { numaNode }),
    ...(maxLinkSpeed && { maxLinkSpeed }),
    ...(maxLinkWidth && { maxLinkWidth }),
    ...(serial && { serial }),
    ...(device.acs !== undefined && { acs: device.acs }),
    ...(device.ats !== undefined && { ats: device.ats }),
  };
}

export interface Row {
  readonly address: string;
  readonly parent: string;
  readonly facts: Partial<ReturnType<typeof comparable>>;
}

/**
 * The tree as rows in its own order. Where `reference` has rows, only the facts that it states are kept: a host file need
 * not say everything.
 * @param name what an address is called; undefined leaves the function out
 */
export function treeRows(
  host: HostTopology,
  name: (address: string) => string | undefined,
  reference?: readonly Row[],
): Row[] {
  const stated = new Map(reference?.map((row) => [row.address, Object.keys(row.facts)]));
  const rows: Row[] = [];
  const visit = (device: PciDevice, parent: string): void => {
    const address = name(device.address);
    if (address === undefined) return;
    const facts = Object.entries(comparable(device)).filter(
      ([key]) => !reference || stated.get(address)?.includes(key),
    );
    rows.push({ address, parent, facts: Object.fromEntries(facts) });
    for (const child of device.children ?? []) visit(child, address);
  };
  for (const root of host.pciRoots) {
    for (const device of root.devices) visit(device, name(root.address) ?? "");
  }
  return rows;
}

export const distances = (host: HostTopology): unknown => host.numaNodes.map(({ id, distances: to }) => [id, to]);
