import type { DomainDocument } from "./document";

/** Host addresses of the functions that are passed through for real. */
export const passedThrough = (document: Pick<DomainDocument, "devices">): string[] =>
  Object.entries(document.devices)
    .filter(([, { standIn }]) => standIn === undefined)
    .map(([address]) => address)
    .sort();

/** A POSIX sh script that prints `ADDRESS VENDOR DEVICE` for each address that the host has; it writes nothing. */
export const identityScript = (addresses: readonly string[]): string => `
for address in ${addresses.join(" ")}; do
  cd "\${GPUDIRECT_ROOT:-}/sys/bus/pci/devices/$address" 2>/dev/null || continue
  echo "$address $(cat vendor) $(cat device)"
done
`;

/**
 * What stands in the way of passing the functions through: an address that the host does not have, or that holds
 * another device than the plan was made for (`expected` is `VENDOR:DEVICE` by address). Buses are renumbered by BIOS
 * settings and by cards added, so an address alone does not name a device.
 */
export function compareHostDevices(
  addresses: readonly string[],
  expected: Readonly<Record<string, string>>,
  printed: string,
): string[] {
  const found = new Map<string, string>();
  for (const line of printed.split("\n")) {
    const [address = "", vendor = "", device = ""] = line.trim().split(" ");
    found.set(address, `${vendor.replace("0x", "")}:${device.replace("0x", "")}`);
  }
  return addresses.flatMap((address) => {
    const [wanted, there] = [expected[address], found.get(address)];
    if (there === undefined) return [`${address}: the host has no such device; plan again from the host as it is`];
    if (wanted === undefined || wanted === there) return [];
    return [`${address}: holds ${there} now, but the plan was made for ${wanted}; plan again from the host as it is`];
  });
}
