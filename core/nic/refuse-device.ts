import type { HostFunction, HostReading } from "./host-reading";

/** NVIDIA's networking devices, formerly Mellanox. Vendor ids: the PCI ID Repository (pci-ids.ucw.cz). */
const MELLANOX = "15b3";
const VENDORS: Readonly<Record<string, string>> = {
  "1002": "AMD",
  "1022": "AMD",
  "1077": "QLogic",
  "10de": "NVIDIA",
  "14e4": "Broadcom",
  "15b3": "NVIDIA networking",
  "177d": "Marvell",
  "19a2": "Emulex",
  "1924": "Solarflare",
  "1d0f": "Amazon",
  "1dd8": "AMD Pensando",
  "8086": "Intel",
};

/** What a device is, by its class (PCI Code and ID Assignment Specification, 1). */
const CLASSES: readonly (readonly [string, string])[] = [
  ["0200", "an Ethernet controller"],
  ["0207", "an InfiniBand controller"],
  ["02", "a network controller"],
  ["0302", "a GPU"],
  ["03", "a GPU or display controller"],
  ["0680", "a bridge or switch"],
  ["06", "a bridge"],
  ["01", "a storage controller"],
];

/** Why a device has no firmware parameters that could be set; undefined where it is an adapter. */
export function deviceRefusal({ functions }: HostReading, device: string): string | undefined {
  const found = functions.get(device);
  if (found === undefined) return undefined;
  if (found.virtual) {
    return `${device} is a virtual function; firmware parameters belong to the adapter, so name the adapter's first function`;
  }
  if (found.vendor === MELLANOX && found.class.startsWith("02")) return undefined;
  return `${device} is ${described(found)}; NicFirmware is for ConnectX and BlueField adapters (vendor ${MELLANOX}, a network controller)`;
}

function described({ vendor, device, class: code }: HostFunction): string {
  const [, what = `a device of class ${code}`] = CLASSES.find(([prefix]) => code.startsWith(prefix)) ?? [];
  const maker = Object.hasOwn(VENDORS, vendor) ? VENDORS[vendor] : "another vendor";
  return `${what} of ${maker} (${vendor}:${device})`;
}

/** Functions of an adapter: its ports, virtual functions not. */
export function functionsOf({ functions }: HostReading, device: string): string[] {
  const slot = device.slice(0, device.lastIndexOf(".") + 1);
  return [...functions]
    .filter(([address, { virtual }]) => address.startsWith(slot) && !virtual)
    .map(([address]) => address)
    .sort();
}
